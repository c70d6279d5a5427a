/** The shortest path of evidence between two identifiers of one profile: links that were followed, and joins. */
import { placesOfEnds, type Graph, type GraphDecision, type GraphLink } from "./graph.ts";
import type { ProfileId } from "./types.ts";

/** One step of the way, from identifier to identifier; `decision` is set for a join. */
export interface EvidenceStep {
  readonly from: ProfileId;
  readonly to: ProfileId;
  readonly decision: GraphDecision | undefined;
}

/** The steps from `start` to `end`, as few as there are; undefined where no followed link leads from one to the other. */
export function evidencePath(
  graph: Graph,
  start: ProfileId,
  end: ProfileId,
): readonly EvidenceStep[] | undefined {
  const steps = stepsByStart(graph);
  const reachedBy = new Map<ProfileId, EvidenceStep | undefined>([[start, undefined]]);
  // A map lists its keys in the order in which they came, also those that come while it is read: that is the queue.
  for (const id of reachedBy.keys()) {
    if (id === end) return wayBack(reachedBy, end);
    for (const step of steps.get(id) ?? [])
      if (!reachedBy.has(step.to)) reachedBy.set(step.to, step);
  }
  return undefined;
}

function stepsByStart({ nodes, links, decisions }: Graph): Map<ProfileId, EvidenceStep[]> {
  const steps = new Map<ProfileId, EvidenceStep[]>();
  const add = (step: EvidenceStep) => {
    const others = steps.get(step.from);
    if (others === undefined) steps.set(step.from, [step]);
    else others.push(step);
  };
  const addBoth = (a: ProfileId, b: ProfileId, decision: GraphDecision | undefined) => {
    add({ from: a, to: b, decision });
    add({ from: b, to: a, decision });
  };
  const isFollowed = ({ objection }: GraphLink | GraphDecision) => objection === undefined;
  for (const { a, b } of links.filter(isFollowed)) addBoth(nodes[a]!.id, nodes[b]!.id, undefined);
  const places = placesOfEnds(nodes, decisions);
  for (const decision of decisions.filter(isFollowed)) {
    const { kind, a, b } = decision;
    if (kind === "join" && places.has(a) && places.has(b)) addBoth(a, b, decision);
  }
  return steps;
}

function wayBack(
  reachedBy: ReadonlyMap<ProfileId, EvidenceStep | undefined>,
  end: ProfileId,
): EvidenceStep[] {
  const way: EvidenceStep[] = [];
  for (let step = reachedBy.get(end); step !== undefined; step = reachedBy.get(step.from))
    way.unshift(step);
  return way;
}
