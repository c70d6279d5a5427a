/** A canonical profile's traits: the newest value of each name over its members. Nothing is ever added up. */
import { compareStamps, compareTexts } from "./stamp.ts";
import type { Stamp } from "./types.ts";

/** One value for each name, in the order of the names. */
export function newestTraits<Kept extends { readonly name: string; readonly stamp: Stamp }>(
  traits: readonly Kept[],
): Kept[] {
  const newest = new Map<string, Kept>();
  for (const trait of traits) {
    const standing = newest.get(trait.name);
    if (standing === undefined || compareStamps(trait.stamp, standing.stamp) > 0)
      newest.set(trait.name, trait);
  }
  return [...newest.values()].toSorted((left, right) => compareTexts(left.name, right.name));
}
