/**
 * The fold: `profiles = fold(links, rules)`. Who is who is a function of the links and the rules and of nothing else:
 * not of the order of arrival, not of how often or in which batches anything came (invariant I1).
 *
 * It is Kruskal's algorithm: leave out the ineligible links, walk the others, join each pair. As long as no rule
 * limits what one profile may hold, every eligible link is followed and the order of the walk cannot matter, so one
 * event's links may be folded into what all events before it have made. A rule that limits profiles has its place in
 * the walk, between the look at a link and the union; it needs the total order of links and the whole component.
 */
import { ineligibility, type Ineligibility, type Rules } from "./rules.ts";
import type { Link, Node } from "./types.ts";
import type { UnionFind } from "./union-find.ts";

export interface Verdict {
  readonly link: Link;
  readonly outcome: "followed" | "ineligible";
  /** Set exactly where the link is ineligible. */
  readonly ineligibility?: Ineligibility;
}

/** Joins, in `groups`, the ends of every link that the rules let it follow. `indexOf` numbers the nodes of `groups`. */
export function fold(
  links: Iterable<Link>,
  rules: Rules,
  groups: UnionFind,
  indexOf: (node: Node) => number,
): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const link of links) {
    const objection = ineligibility(link, rules);
    if (objection === undefined) groups.union(indexOf(link.a), indexOf(link.b));
    verdicts.push(
      objection === undefined
        ? { link, outcome: "followed" }
        : { link, outcome: "ineligible", ineligibility: objection },
    );
  }
  return verdicts;
}
