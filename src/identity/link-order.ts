/**
 * The order in which a fold looks at links. It is total and depends on the links and the rules alone, so the same links
 * come in the same order wherever and whenever they are folded: what a person ruled first, then the better trusted,
 * then the namespace of the better priority, then the earlier evidence, then the identifiers' texts.
 */
import type { GraphNode } from "./graph.ts";
import { rulesFor, type Rules } from "./rules.ts";
import { compareTexts } from "./stamp.ts";
import type { Identifier, Milliseconds, Trust } from "./types.ts";

/** A link or a `join` as a fold sees it; the ends are places in the list of nodes. */
export interface Edge {
  readonly a: number;
  readonly b: number;
  readonly trust: Trust;
  readonly evidenceAt: Milliseconds | undefined;
  /** Set for what a person ruled. */
  readonly join?: { readonly override: boolean };
}

function compareIdentifiers(left: Identifier, right: Identifier): number {
  return compareTexts(left.namespace, right.namespace) || compareTexts(left.value, right.value);
}

/** 0 for a join that overrides rules, which must come before what the rules might refuse; then joins, then links. */
function rankOf({ join, trust }: Edge): number {
  if (join !== undefined) return join.override ? 0 : 1;
  return trust === "verified" ? 2 : 3;
}

/** Makes the comparison for links between these nodes. */
export function edgeOrder(
  nodes: readonly GraphNode[],
  rules: Rules,
): (left: Edge, right: Edge) => number {
  const priorities = new Map<string, number>();
  const priorityOf = (node: number): number => {
    const { namespace } = nodes[node]!.identifier;
    const known = priorities.get(namespace);
    if (known !== undefined) return known;
    const { priority } = rulesFor(namespace, rules);
    priorities.set(namespace, priority);
    return priority;
  };
  const priority = ({ a, b }: Edge) => Math.min(priorityOf(a), priorityOf(b));
  const ends = ({ a, b }: Edge): [Identifier, Identifier] => {
    const [left, right] = [nodes[a]!.identifier, nodes[b]!.identifier];
    return compareIdentifiers(left, right) <= 0 ? [left, right] : [right, left];
  };
  const compareEnds = (left: Edge, right: Edge): number => {
    const [leftEnds, rightEnds] = [ends(left), ends(right)];
    return (
      compareIdentifiers(leftEnds[0], rightEnds[0]) || compareIdentifiers(leftEnds[1], rightEnds[1])
    );
  };
  return (left, right) =>
    rankOf(left) - rankOf(right) ||
    compareNumbers(priority(left), priority(right)) ||
    compareNumbers(left.evidenceAt ?? Infinity, right.evidenceAt ?? Infinity) ||
    compareEnds(left, right);
}

/** Unlike a subtraction it knows that Infinity equals itself. */
function compareNumbers(left: number, right: number): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
