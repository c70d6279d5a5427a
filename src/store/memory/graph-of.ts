/** Makes graphs of what the memory store keeps. */
import type { CountedGraph, GraphLink } from "../../identity/graph.ts";
import { isInPlay } from "../../identity/objection.ts";
import { countsOf as tally, type Counts } from "../../identity/rules.ts";
import type { ProfileId } from "../../identity/types.ts";
import type { DecisionRecord } from "../store.ts";
import type { StoredLink } from "./identities.ts";
import { inOrder, type StoredIdentifier } from "./profile.ts";

/** The graph of some identifiers, of those links that have both ends among them, and of the decisions that have one. */
export function graphOf(
  members: Iterable<StoredIdentifier>,
  links: readonly StoredLink[],
  decisions: readonly DecisionRecord[],
): CountedGraph {
  const nodes = inOrder(members).map(
    ({ node, order, profile, component, neighbours, generic }) => ({
      ...node,
      order,
      profile: profile.founder.node.id,
      component: component?.key,
      neighbours,
      generic,
    }),
  );
  const places = new Map<ProfileId, number>(nodes.map(({ id }, place) => [id, place]));
  return {
    nodes,
    links: links.flatMap((link): GraphLink[] => {
      const [a, b] = [places.get(link.a.id), places.get(link.b.id)];
      if (a === undefined || b === undefined) return [];
      return [{ a, b, trust: link.trust, evidenceAt: link.evidenceAt, objection: link.objection }];
    }),
    decisions: decisions
      .filter(({ takenBackAt }) => takenBackAt === undefined)
      .filter(({ a, b }) => places.has(a.id) || places.has(b.id))
      .map(({ id, kind, override, a, b, objection }) => ({
        id,
        kind,
        override,
        a: a.id,
        b: b.id,
        objection,
      })),
  };
}

export function inPlay(links: readonly StoredLink[]): StoredLink[] {
  return links.filter(({ objection }) => isInPlay(objection));
}

/** How many there are of each namespace. */
export function countsOf(members: Iterable<StoredIdentifier>): Counts {
  return tally([...members].map(({ node }) => node.identifier.namespace));
}
