/** How a difference is shown: which profiles merge and which split, by name, with the links that cause it. */
import type { Difference } from "./identity/difference.ts";
import type { Rules } from "./identity/rules.ts";
import { edgeView, namedProfileView, type EdgeView, type NamedProfileView } from "./link-view.ts";

export interface DifferenceView {
  /** All profiles that are otherwise then, as they are and as they will be. */
  readonly before: readonly NamedProfileView[];
  readonly after: readonly NamedProfileView[];
  readonly merges: readonly {
    /** As it is then. */
    readonly into: NamedProfileView;
    /** As they were. */
    readonly from: readonly NamedProfileView[];
    readonly links: readonly EdgeView[];
  }[];
  readonly splits: readonly {
    /** As it was. */
    readonly from: NamedProfileView;
    /** As its parts are then. */
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
