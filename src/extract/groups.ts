/** What stands at the same place in several events, and what its keys are called. Secrets are left out of it. */
import { isSecret, wayOf } from "./key-words.ts";
import { placeKey, placesIn, type Place } from "./places.ts";
import type { EventSubject } from "./reading.ts";

export interface Group {
  readonly keys: Place["keys"];
  /** The words of its keys. */
  readonly way: readonly (readonly string[])[];
  /** By the number of the event, what stands there; of a list, what stands first. */
  readonly values: ReadonlyMap<number, string | number>;
}

export interface Groups {
  readonly all: readonly Group[];
  /** How many events there are. */
  readonly events: number;
}

export function groupsOf(subjects: readonly EventSubject[]): Groups {
  const groups = new Map<string, Group & { readonly values: Map<number, string | number> }>();
  for (const [event, { body }] of subjects.entries())
    for (const { keys, value } of placesIn(body)) {
      const key = placeKey(keys);
      const group = groups.get(key) ?? { keys, way: wayOf(keys), values: new Map() };
      groups.set(key, group);
      if (!group.values.has(event)) group.values.set(event, value);
    }
  const all = [...groups.values()].filter(
    ({ way, values }) => ![...values.values()].some((value) => isSecret(way, value)),
  );
  return { all, events: subjects.length };
}
