/** How a difference is shown: which profiles merge and which split, by name, with the links that cause it. */
import type { Difference } from "../identity/difference.ts";
import type { Rules } from "../identity/rules.ts";
import { edgeView, namedProfileView, type EdgeView, type NamedProfileView } from "./link-view.ts";

export interface DifferenceView {
  /** All profiles that are otherwise then, as they are and as they will be. */
  readonly before: readonly NamedProfileView[];
  readonly after: readonly NamedProfileView[];
  readonly merges: readonly {
    /** A profile that is made of several, as it is then. */
    readonly into: NamedProfileView;
    /** All that it has members of, as they are now. */
    readonly from: readonly NamedProfileView[];
    readonly links: readonly EdgeView[];
  }[];
  readonly splits: readonly {
    /** A profile that will be several, as it is now. */
    readonly from: NamedProfileView;
    /** All that will have members of it. */
    readonly into: readonly NamedProfileView[];
    readonly links: readonly EdgeView[];
  }[];
}

export function differenceView(difference: Difference, rules: Rules): DifferenceView {
  const { before, after, merges, splits } = difference;
  const edges = (links: Difference["merges"][number]["links"]) =>
    links.map((link) => edgeView(link, rules));
  return {
    before: before.map(namedProfileView),
    after: after.map(namedProfileView),
    merges: merges.map(({ into, from, links }) => ({
      into: namedProfileView(into),
      from: from.map(namedProfileView),
      links: edges(links),
    })),
    splits: splits.map(({ from, into, links }) => ({
      from: namedProfileView(from),
      into: into.map(namedProfileView),
      links: edges(links),
    })),
  };
}
