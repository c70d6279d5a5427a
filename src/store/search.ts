/**
 * Searches: which people a filter means, and in which order they are told, page by page, while people go on merging.
 *
 * A person stands in the list where what makes them match was first seen: at the ordinal of an identifier, which is the
 * order of first receipt and stays for ever. `placeOf` says which. So a cursor is a number, a page goes on behind it
 * whatever was merged, and of two people who merge the one who stands first decides.
 *
 * What that holds, as long as nobody is split:
 *
 * - *Nobody twice.* Without `not` and `equals`, a person's place never moves back: identifiers, traits and events are only
 *   added. The same of a person for whom an `equals` held, while no identifier of theirs loses the value and it stays
 *   their canonical one; whoever loses a value and gets it again may be told again.
 * - *Nobody lost.* Where one identifier alone can make the match (`identifier`, `exists`, `events` of which one is enough,
 *   `any` of these), whoever matched at the first page is told, alone or as part of whom they merged into, if merges
 *   alone happen. With `all`, and with several events, a match that was still to come is lost only where it merges with
 *   somebody already passed who did not match and brought a part of what was asked for; with `equals`, where they once
 *   had the same value. No place could hold both: told and untold people may come to consist of the same identifiers.
 * - With `not` people come and go with every merge, and stand at their founder; each page is right when it is read.
 *
 * What somebody does after their place was passed is not seen by the pages to come; a new search sees it.
 */
import type { Milliseconds, ProfileId } from "../identity/types.ts";

/** Plain data, so that a search can be handed to another thread. */
export type SearchFilter =
  | { readonly kind: "everybody" }
  | { readonly kind: "all" | "any"; readonly of: readonly SearchFilter[] }
  | { readonly kind: "not"; readonly of: SearchFilter }
  | SearchLeaf;

export type SearchLeaf = IdentifierLeaf | ExistsLeaf | EqualsLeaf | EventsLeaf;

interface IdentifierLeaf {
  readonly kind: "identifier";
  /** Undefined for an identifier that nobody has. */
  readonly id: ProfileId | undefined;
}

/** A trait of this name, or an identifier of the namespace of this name. */
export interface ExistsLeaf {
  readonly kind: "exists";
  readonly name: string;
}

/** The canonical trait of this name has the value, or the identifier is among the members. */
export interface EqualsLeaf {
  readonly kind: "equals";
  readonly name: string;
  /** JSON text of a text, a boolean or a number; numbers are compared by their digits. */
  readonly value: string;
  /** What the value is in the namespace of this name; undefined where nobody has that. */
  readonly id: ProfileId | undefined;
}

export interface EventsLeaf {
  readonly kind: "events";
  readonly type?: string | undefined;
  readonly source?: string | undefined;
  /** Events that occurred at or after. */
  readonly from?: Milliseconds | undefined;
  /** Events that occurred before. */
  readonly to?: Milliseconds | undefined;
  readonly atLeast: number;
}

export interface SearchRequest {
  readonly filter: SearchFilter;
  /** Only people behind this place; 0 for all. */
  readonly after: number;
  readonly limit: number;
  /** The page ends before its profiles exceed this, though never before its first. */
  readonly bytesMax: number;
}

/** What a store knows of one person. */
export interface Searched {
  /** The ordinal of the founder. */
  readonly founder: number;
  /**
   * Undefined where the leaf does not hold. Otherwise the ordinal of the identifier; the lowest of those that have the
   * trait or are of the namespace; the lowest of those that have the value or are the identifier, whichever of the two
   * makes the leaf hold; or the lowest such that it and those before it have as many events as are asked for.
   */
  placeOfLeaf(leaf: SearchLeaf): number | undefined;
}

/** Where a person stands among those who match; undefined where they do not. */
export function placeOf(filter: SearchFilter, person: Searched): number | undefined {
  switch (filter.kind) {
    case "everybody":
      return person.founder;
    case "all":
      return highest(filter.of, person);
    case "any":
      return lowest(filter.of.map((part) => placeOf(part, person)));
    case "not":
      return placeOf(filter.of, person) === undefined ? person.founder : undefined;
    case "identifier":
    case "exists":
    case "equals":
    case "events":
      return person.placeOfLeaf(filter);
  }
}

function highest(parts: readonly SearchFilter[], person: Searched): number | undefined {
  let place = 0;
  for (const part of parts) {
    const next = placeOf(part, person);
    if (next === undefined) return undefined;
    place = Math.max(place, next);
  }
  return place;
}

/** Of the places that there are. */
export function lowest(places: readonly (number | undefined)[]): number | undefined {
  const known = places.filter((place) => place !== undefined);
  return known.length === 0 ? undefined : known.reduce((least, place) => Math.min(least, place));
}

/** What stands around the values of an identifier and of a trait when they are told. */
const MEMBER_BYTES = 250;
const TRAIT_BYTES = 150;

/** About how long a profile is when it is told. */
export function profileBytes(profile: {
  readonly members: readonly {
    readonly node: { readonly identifier: { readonly value: string } };
  }[];
  readonly traits: readonly { readonly value: string }[];
}): number {
  let bytes = 0;
  for (const { node } of profile.members) bytes += MEMBER_BYTES + 2 * node.identifier.value.length;
  for (const { value } of profile.traits) bytes += TRAIT_BYTES + value.length;
  return bytes;
}
