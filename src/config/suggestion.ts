/** What a misspelt name was probably meant to be. */
import { distance } from "fastest-levenshtein";

/** The known name nearest to the one written, where it is near enough that a slip of the hand explains the difference. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const nearest = known
    .map((candidate) => ({
      candidate,
      edits: distance(written.toLowerCase(), candidate.toLowerCase()),
    }))
    .toSorted((left, right) => left.edits - right.edits)[0];
  // A name of which nothing is left is no slip of the hand either.
  const editsMax = Math.min(Math.max(2, written.length / 3), written.length - 1);
  if (nearest === undefined || nearest.edits > editsMax) return undefined;
  return nearest.candidate;
}
