/** Everything the memory store holds, copied at once: what is committed later is not seen. */
import { compareStamps } from "../../identity/stamp.ts";
import type {
  CountedLink,
  JourneyEvent,
  LinkRecord,
  ProfileRecord,
  RulesRecord,
  Snapshot,
} from "../store.ts";
import { stampOf, type History } from "./history.ts";
import type { Identities, StoredLink } from "./identities.ts";
import { inOrder, type StoredIdentifier } from "./profile.ts";

interface Contents {
  readonly identities: Identities;
  readonly history: History;
  readonly rules: RulesRecord | undefined;
  readonly profileRecord: (members: readonly StoredIdentifier[]) => ProfileRecord;
  readonly linkRecord: (link: StoredLink) => LinkRecord;
}

export function snapshotOf(contents: Contents): Snapshot {
  const { identities, rules, profileRecord } = contents;
  // The first member of each profile that is met in the order of receipt is its founder.
  const stored = inOrder(identities.identifiers.values());
  const profiles = [...new Set(stored.map(({ profile }) => profile))];
  const members = profiles.map((profile) => inOrder(profile.members));
  const records = members.map(profileRecord);
  const events = members.flatMap((identifiers) => journeyOf(identifiers, contents));
  const links = linksOf(contents);
  return {
    counts: { profiles: records.length, events: events.length, links: links.length },
    rules,
    profiles: () => streamOf(records),
    journeys: () => streamOf(events),
    links: () => streamOf(links),
    async close() {},
  };
}

function journeyOf(members: readonly StoredIdentifier[], { history }: Contents): JourneyEvent[] {
  return members
    .flatMap(({ node }) => history.atHome(node.id))
    .toSorted((left, right) => compareStamps(stampOf(left), stampOf(right)))
    .map((event) => ({ profile: members[0]!.node.id, event }));
}

function linksOf({ identities, linkRecord }: Contents): CountedLink[] {
  const order = ({ id }: { readonly id: string }) => identities.identifiers.get(id)!.order;
  const orders = ({ a, b }: StoredLink) =>
    [order(a), order(b)].toSorted((left, right) => left - right) as [number, number];
  return [...identities.links.values()]
    .map((link) => ({ link, orders: orders(link) }))
    .toSorted((left, right) => left.orders[0] - right.orders[0] || left.orders[1] - right.orders[1])
    .map(({ link }) => {
      const { evidence: _evidence, evidenceAt: _at, ...counted } = linkRecord(link);
      return counted;
    });
}

async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item, void> {
  yield* items;
}
