/**
 * How an identifier is written and compared. Owns the text form `namespace:value`; knows nothing of normalisation,
 * which has happened before an identifier comes here.
 */
import type { Identifier, Node, ProfileId } from "./types.ts";

/** `email:ann@example.com`. A namespace holds no colon, so the first one ends it and no two identifiers share a text. */
export function identifierText(identifier: Identifier): string {
  return `${identifier.namespace}:${identifier.value}`;
}

export function sameIdentifier(left: Identifier, right: Identifier): boolean {
  return left.namespace === right.namespace && left.value === right.value;
}

/** The two ends of a link in their one order, so that a pair is the same pair whichever end was named first. */
export function orderedEnds<Named extends { readonly id: ProfileId }>(
  left: Named,
  right: Named,
): readonly [Named, Named] {
  return left.id < right.id ? [left, right] : [right, left];
}

/** One text for an unordered pair of profile ids; ids have a fixed length, so no separator can be mistaken. */
export function linkKey(left: Pick<Node, "id">, right: Pick<Node, "id">): string {
  return left.id < right.id ? `${left.id}|${right.id}` : `${right.id}|${left.id}`;
}
