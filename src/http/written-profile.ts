/** A profile as it is told: its traits by their names, each value as the JSON that it is. */
import type { ProfileView } from "../queries/queries.ts";
import { RawJson } from "./json.ts";

export function writtenProfile({ traits, ...profile }: ProfileView) {
  const byName = new Map(
    traits.map(({ name, value, ...origin }) => [name, { value: new RawJson(value), ...origin }]),
  );
  const { id, formerIds, identifiers, ...counts } = profile;
  return { id, formerIds, identifiers, traits: byName, ...counts };
}
