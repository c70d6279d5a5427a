/** What is asked of single people, answered in JSON: the one place that knows how. */
import { encodeCursor } from "../queries/cursor.ts";
import { writeJson, RawJson } from "../queries/json.ts";
import type { People } from "../queries/people.ts";
import { eventJson, profileJson } from "../queries/records.ts";
import type { Asked } from "./reader.ts";

/** Undefined where the reference stands for nobody. */
export async function answerText(
  people: Pick<People, "profile" | "journey">,
  asked: Asked,
): Promise<string | undefined> {
  if (asked.kind === "profile") {
    const profile = await people.profile(asked.reference);
    return profile === undefined ? undefined : profileJson(profile);
  }
  const journey = await people.journey(asked.reference, asked.query);
  if (journey === undefined) return undefined;
  const { profile, events, next } = journey;
  return writeJson({
    profile,
    events: new RawJson(`[${events.map(eventJson).join(",")}]`),
    next: next === null ? null : encodeCursor(asked.query.order, next),
  });
}
