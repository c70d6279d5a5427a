/** What goes with a person of the memory store, and whom that touches. */
import { linkKey } from "../../identity/identifier.ts";
import type { Link, ProfileId } from "../../identity/types.ts";
import type { Footprint, FootprintRequest, GoingIdentifier, TouchedLink } from "../erasures.ts";
import type { Decisions } from "./decisions.ts";
import type { History, StoredEvent } from "./history.ts";
import type { Identities, StoredLink } from "./identities.ts";
import { inOrder, type StoredIdentifier } from "./profile.ts";
import type { Quarantine } from "./quarantine.ts";

interface Parts {
  readonly identities: Identities;
  readonly decisions: Decisions;
  readonly history: History;
  readonly quarantine: Quarantine;
}

/** The events that name one of the identifiers. */
export function eventsNaming(history: History, ids: readonly ProfileId[]): Set<StoredEvent> {
  return new Set(ids.flatMap((id) => history.naming(id)));
}

export function footprintOf(
  { profile, claimed }: FootprintRequest,
  { identities, decisions, history, quarantine }: Parts,
): Footprint | undefined {
  const found = identities.identifiers.get(profile);
  if (found === undefined) return undefined;
  const members = inOrder(found.profile.members);
  const own = new Set(members.map(({ node }) => node.id));
  const events = eventsNaming(history, [...own]);
  const others = inOrder(
    [...identities.identifiers.values()].filter(
      ({ node }) => !own.has(node.id) && history.naming(node.id).some((event) => events.has(event)),
    ),
  );
  const orphans = others.filter(({ node }) =>
    history.naming(node.id).every((event) => events.has(event)),
  );
  const going = new Set([...own, ...orphans.map(({ node }) => node.id)]);
  const bystanders = others.filter(({ node }) => !going.has(node.id));
  const linkEvents = (link: StoredLink) => {
    const namingB = new Set(history.naming(link.b.id));
    return history
      .naming(link.a.id)
      .filter((event) => namingB.has(event) && [link.a.id, link.b.id].includes(event.home!));
  };
  const touched = identities
    .linksOf([...members, ...others])
    .filter((link) => linkEvents(link).some((event) => events.has(event)));
  const links = touched
    .filter(({ a, b }) => !going.has(a.id) || !going.has(b.id))
    .map(({ a, b, ...before }): TouchedLink => {
      const isInner = !going.has(a.id) && !going.has(b.id);
      const left = linkEvents({ a, b, ...before }).filter((event) => !events.has(event));
      return { a, b, before, after: isInner ? said(left, before.trust, claimed) : undefined };
    });
  const goingDecisions = decisions.all().filter(({ a, b }) => going.has(a.id) || going.has(b.id));
  const decided = goingDecisions.flatMap(({ a, b }) => [a, b]);
  const concerned = [
    ...members,
    ...others,
    ...decided.map(({ id }) => identities.identifiers.get(id)!),
  ];
  const ownEvents = [...events].filter(({ home }) => own.has(home!)).length;
  const eventIds = new Set([...events].map(({ record }) => record.id));
  const homes = [...new Set([...events].map(({ home }) => home!))];
  const deliveries = new Set([...events].map(({ record }) => record.delivery));
  const lost = identities.linksOf([...members, ...others]).filter(({ a, b }) => {
    if (going.has(a.id) || going.has(b.id)) return true;
    return links.some((link) => linkKey(link.a, link.b) === linkKey(a, b) && !link.after);
  });
  return {
    profile: members[0]!.node.id,
    members: members.map(goingOf),
    orphans: orphans.map(goingOf),
    bystanders: bystanders.map(({ node, neighbours, generic }) => ({ node, neighbours, generic })),
    links,
    lostTraits: homes
      .filter((home) => !going.has(home))
      .map((home) => ({
        profile: home,
        names: history
          .traitsOf(home)
          .filter(({ event }) => eventIds.has(event))
          .map(({ name }) => name),
        events: new Set(
          [...events].flatMap((event) => (event.home === home ? event.record.id : [])),
        ),
      }))
      .filter(({ names }) => names.length > 0),
    components: [
      ...new Set(
        concerned.map(({ component, profile: { founder } }) => component?.key ?? founder.node.id),
      ),
    ],
    deliveries: [...deliveries].filter((id) => quarantine.hold(id) !== undefined),
    counts: {
      identifiers: members.length,
      events: ownEvents,
      eventsOfOthers: events.size - ownEvents,
      identifiersOfOthers: orphans.length,
      traits: homes
        .flatMap((home) => history.traitsOf(home).map((trait) => ({ home, trait })))
        .filter(({ home, trait }) => going.has(home) || eventIds.has(trait.event)).length,
      links: lost.length,
      decisions: goingDecisions.length,
    },
  };
}

function goingOf({ node, founded, profile }: StoredIdentifier): GoingIdentifier {
  return { node, founded, profile: profile.founder.node.id };
}

/** What events say of a link; undefined where there are none. */
function said(
  events: readonly StoredEvent[],
  trust: Link["trust"],
  claimed: ReadonlySet<string>,
): Pick<Link, "trust" | "evidenceAt"> | undefined {
  if (events.length === 0) return undefined;
  const isVerified = events.some(({ record }) => !claimed.has(record.source));
  const times = events.flatMap(({ record }) => (record.timeGiven ? record.occurredAt : []));
  return {
    trust: isVerified ? trust : "claimed",
    evidenceAt: times.length === 0 ? undefined : Math.min(...times),
  };
}
