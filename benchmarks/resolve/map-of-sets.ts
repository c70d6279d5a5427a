/** What one writes by hand: every identifier knows the set it is in, and where two sets meet, one takes in the other. */
import type { NamedIdentifiers } from "./events.ts";

/** Moves the members of the smaller set; moving those of the newer one takes quadratic time in a crowd. */
export function byMapOfSets(events: NamedIdentifiers): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const named of events) {
    let joined: Set<string> | undefined;
    for (const text of named) {
      const own = sets.get(text);
      if (own === undefined) {
        joined ??= new Set();
        joined.add(text);
        sets.set(text, joined);
      } else if (joined === undefined) joined = own;
      else if (own !== joined) {
        const [smaller, larger] = own.size < joined.size ? [own, joined] : [joined, own];
        for (const member of smaller) {
          larger.add(member);
          sets.set(member, larger);
        }
        joined = larger;
      }
    }
  }
  return sets;
}

export function componentsOf(sets: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  return [...new Set(sets.values())].map((set) => [...set]);
}
