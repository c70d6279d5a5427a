/** Makes what a store is asked to commit, for tests of stores: no resolver has a say in it. */
import { expect } from "vitest";
import {
  NO_CHANGES,
  type ChangeSet,
  type ComponentPlace,
  type LinkChange,
  type NewIdentifier,
  type Place,
} from "../../src/identity/change-set.ts";
import type { Graph } from "../../src/identity/graph.ts";
import { orderedEnds } from "../../src/identity/identifier.ts";
import type { Decision, IdentifiedEvent, Node, ProfileId } from "../../src/identity/types.ts";
import { NO_QUARANTINE } from "../../src/store/deliveries.ts";
import type { Commit, LoadRequest, Store } from "../../src/store/store.ts";
import { ids } from "./ids.ts";

export function node(namespace: string, value: string): Node {
  const identifier = { namespace, value };
  return { id: ids.profileId(identifier), identifier };
}

export const ann = node("chat", "ann");
export const mail = node("email", "a@x");
export const bo = node("chat", "bo");
export const card = node("card", "1");
export const phone = node("phone", "2");

const CAST = [ann, mail, bo, card, phone];

/** The values of the cast, by id: what tests call them. */
export const NAMES: ReadonlyMap<ProfileId, string> = new Map(
  CAST.map(({ id, identifier }) => [id, identifier.value]),
);

export function event(
  key: string,
  home: Node | null,
  others: readonly Node[] = [],
  occurredAt = 1000,
): IdentifiedEvent {
  return {
    id: ids.eventId("crm", key),
    source: "crm",
    key,
    type: "message",
    occurredAt,
    timeGiven: true,
    receivedAt: 5000,
    delivery: "dl_1",
    home,
    others,
    traits: [],
    trust: "verified",
    payload: `{"n":9007199254740993,  "key":${JSON.stringify(key)}}`,
  };
}

export function commitOf(
  changes: Partial<ChangeSet>,
  rest: Partial<Omit<Commit, "changes">> = {},
): Commit {
  return {
    changes: { ...NO_CHANGES, ...changes },
    ...NO_QUARANTINE,
    tallies: [],
    ...rest,
  };
}

export function fresh(number: number): Place & ComponentPlace {
  return { fresh: number };
}

/** The place of the profile that has the node's id. */
export function former(canonical: Node): Place {
  return { former: canonical.id };
}

export function created(
  single: Node,
  place: Place,
  more: Partial<NewIdentifier> = {},
): NewIdentifier {
  return {
    node: single,
    place,
    component: undefined,
    founded: false,
    sources: ["crm"],
    neighbours: {},
    generic: false,
    firstReceivedAt: 5000,
    ...more,
  };
}

export function linkOf(left: Node, right: Node, more: Partial<LinkChange> = {}): LinkChange {
  const [a, b] = orderedEnds(left, right);
  return {
    a,
    b,
    trust: "verified",
    evidenceAt: 1000,
    objection: undefined,
    isNew: true,
    ...more,
  };
}

export function decisionOf(kind: Decision["kind"], a: Node, b: Node, number: number): Decision {
  return {
    id: `dc_${String(number).padStart(26, "0")}`,
    kind,
    a,
    b,
    override: false,
    reason: "they say so",
    by: undefined,
    at: 7000,
  };
}

/** All there is of the cast. */
export const EVERYTHING: LoadRequest = {
  identifiers: CAST.map(({ id }) => id),
  pairs: CAST.flatMap((left, index) =>
    CAST.slice(index + 1).map((right) => [left.id, right.id] as const),
  ),
  traits: [[ann.id, "name"]],
  events: ["e1", "e2", "e3"].map((key) => ids.eventId("crm", key)),
};

/** Commits on a load of the whole cast. */
export async function commitNow(store: Store, commit: Commit): Promise<void> {
  const { basis } = await store.load(EVERYTHING);
  expect(await store.commit(commit, basis)).toBe("committed");
}

/** Commits groups of new identifiers, each a plain profile, in which the first is linked with all others. */
export function people(store: Store, ...groups: (readonly Node[])[]): Promise<void> {
  const commit = commitOf({
    identifiers: groups.flatMap((group, index) =>
      group.map((single) => created(single, fresh(index))),
    ),
    links: groups.flatMap(([first, ...rest]) => rest.map((other) => linkOf(first!, other))),
    events: groups.map(([first, ...rest]) => event(first!.id, first!, rest)),
  });
  return commitNow(store, commit);
}

/** A graph by the values of its identifiers, without what a store may choose: orders and keys. */
export function told({ nodes, links, decisions }: Graph) {
  const value = (place: number) => nodes[place]!.identifier.value;
  return {
    nodes: nodes.map(({ identifier, profile }) => `${identifier.value} in ${NAMES.get(profile!)}`),
    links: links
      .map(({ a, b, objection }) =>
        [[value(a), value(b)].toSorted().join("-"), ...(objection ? [objection.rule] : [])].join(
          " ",
        ),
      )
      .toSorted(),
    decisions: decisions.map(({ kind, a, b }) => `${kind} ${NAMES.get(a)} ${NAMES.get(b)}`),
  };
}
