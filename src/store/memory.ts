/**
 * The memory store: the reference that the others are compared with. Plain maps and plain loops, nothing clever and
 * nothing kept after the process ends. It copies what it is given, so that no caller can change the past.
 */
import { traitKey, type KnownIdentifier, type ComponentPlace, type Place, type Found, type Missing } from "../identity/change-set.ts";
import { isInPlay, type Objection } from "../identity/objection.ts";
import { countsOf, type Counts } from "../identity/rules.ts";
import type { Graph } from "../identity/graph.ts";
import { linkKey } from "../identity/identifier.ts";
import type { Seeds } from "../identity/ids.ts";
import { compareStamps } from "../identity/stamp.ts";
import type { EventId, Identifier, Link, Node, ProfileId, Stamp } from "../identity/types.ts";
import {
  EVIDENCE_MAX,
  type Basis,
  type ChangeRecord,
  type Commit,
  type CommitOutcome,
  type DecisionRecord,
  type DecisionRequest,
  type RulesRecord,
  type Totals,
  type EventRecord,
  type JourneyPage,
  type JourneyRequest,
  type KeptTrait,
  type LinkRecord,
  type Loaded,
  type LoadRequest,
  type Member,
  type PersonRecord,
  type ProfileRecord,
  type QuarantinedEvent,
  type Store,
  type Tally,
} from "./store.ts";

interface MemoryBasis extends Basis {
  readonly store: "memory";
  readonly version: number;
}

interface StoredIdentifier {
  readonly node: Node;
  readonly order: number;
  founded: boolean;
  sources: readonly string[];
  neighbours: Counts;
  generic: boolean;
  profile: Set<StoredIdentifier>;
  component: object | undefined;
}

interface StoredEvent {
  readonly record: EventRecord;
  /** Undefined for an event that names nobody. */
  readonly home: ProfileId | undefined;
  readonly others: readonly ProfileId[];
}

export class MemoryStore implements Store {
  readonly seeds: Seeds;
  #version = 0;
  readonly #identifiers = new Map<ProfileId, StoredIdentifier>();
  readonly #links = new Map<string, Link & { objection: Objection | undefined }>();
  readonly #traits = new Map<ProfileId, Map<string, KeptTrait>>();
  readonly #events = new Map<EventId, StoredEvent>();
  readonly #eventsByHome = new Map<ProfileId, StoredEvent[]>();
  readonly #quarantine = new Map<EventId, QuarantinedEvent>();
  readonly #changes: ChangeRecord[] = [];
  readonly #tallies = new Map<string, Tally>();

  constructor(seeds: Seeds) {
    this.seeds = seeds;
  }

  async load(request: LoadRequest): Promise<Loaded> {
    const neighbourhood = {
      identifiers: pick(request.identifiers, (id) => {
        const stored = this.#identifiers.get(id);
        return stored === undefined ? undefined : ([id, known(stored, this.#keyOf(stored))] as const);
      }),
      links: pick(request.pairs, ([left, right]) => {
        const key = linkKey({ id: left }, { id: right });
        const link = this.#links.get(key);
        return link === undefined ? undefined : ([key, link] as const);
      }),
      traits: pick(request.traits, ([profile, name]) => {
        const kept = this.#traits.get(profile)?.get(name);
        return kept === undefined ? undefined : ([traitKey(profile, name), kept.stamp] as const);
      }),
      events: pick(request.events, (id) => {
        const stored = this.#events.get(id)?.record ?? this.#quarantine.get(id);
        if (stored === undefined) return undefined;
        const { source, key } = stored;
        return [id, { source, key, quarantined: !this.#events.has(id) }] as const;
      }),
    };
    const basis: MemoryBasis = { store: "memory", version: this.#version };
    return { neighbourhood, basis, rulesVersion: this.#rules.at(-1)?.version ?? 0 };
  }

  async deepen(missing: Missing, basis: Basis): Promise<Found | "stale"> {
    if ((basis as MemoryBasis).version !== this.#version) return "stale";
    return {
      counts: new Map(missing.counts.map((key) => [key, countsOf(this.#membersOfKey(key).map((m) => m.node.identifier.namespace))])),
      contents: new Map(missing.contents.map((key) => [key, this.#graphOf(this.#membersOfKey(key))])),
    };
  }
  readonly #componentNames = new Map<object, string>();
  #keyOf(stored: StoredIdentifier): string {
    if (stored.component === undefined) return known(stored, "").canonical;
    const name = this.#componentNames.get(stored.component) ?? String(this.#componentNames.size + 1);
    this.#componentNames.set(stored.component, name);
    return name;
  }
  #membersOfKey(key: string): StoredIdentifier[] {
    const one = this.#identifiers.get(key);
    if (one !== undefined) return this.#members(key)!;
    return [...this.#identifiers.values()].filter((stored) => stored.component !== undefined && this.#keyOf(stored) === key);
  }
  #graphOf(members: StoredIdentifier[], all = false): Graph {
    const places = new Map(members.map((member, place) => [member.node.id, place]));
    const links = [...this.#links.values()].filter((l) => (all || isInPlay(l.objection)) && places.has(l.a.id) && places.has(l.b.id)).map((l) => ({ a: places.get(l.a.id)!, b: places.get(l.b.id)!, trust: l.trust, evidenceAt: l.evidenceAt, objection: l.objection }));
    return {
      nodes: members.map((m) => ({ id: m.node.id, identifier: m.node.identifier, order: m.order, profile: known(m, "").canonical, component: m.component === undefined ? undefined : this.#keyOf(m), neighbours: m.neighbours, generic: m.generic })),
      links,
      decisions: [...this.#decisions.values()].filter((d) => d.takenBackAt === undefined && (places.has(d.a.id) || places.has(d.b.id))).map((d) => ({ id: d.id, kind: d.kind, override: d.override, a: d.a.id, b: d.b.id, objection: d.objection })),
    };
  }
  readonly #decisions = new Map<string, DecisionRecord>();
  readonly #rules: RulesRecord[] = [];
  async readGraph() {
    return { graph: this.#graphOf([...this.#identifiers.values()], true), basis: { store: "memory", version: this.#version } as MemoryBasis };
  }
  async rules() { return this.#rules.at(-1); }
  async decision(id: string) { return this.#decisions.get(id); }
  async decisions({ after, limit, takenBack }: DecisionRequest) {
    const all = [...this.#decisions.values()];
    return all.slice(after === undefined ? 0 : all.findIndex((d) => d.id === after) + 1).filter((d) => takenBack || d.takenBackAt === undefined).slice(0, limit);
  }
  async component(id: string) {
    const stored = this.#identifiers.get(id);
    return stored === undefined ? undefined : this.#graphOf(this.#membersOfKey(this.#keyOf(stored)));
  }
  async totals(): Promise<Totals> { return { profiles: 0, components: 0, contested: 0, objections: {}, generic: 0 }; }
  async unfollowedLinks(id: string, limit: number) { return (await this.links(id, 1e9)).filter((l) => l.objection !== undefined).slice(0, limit); }
  async linksOf(pairs: readonly (readonly [string, string])[]) {
    return pairs.flatMap(([a, b]) => { const l = this.#links.get(linkKey({ id: a }, { id: b })); return l === undefined ? [] : [this.#linkRecord(l)]; });
  }

  async commit(commit: Commit, basis: Basis): Promise<CommitOutcome> {
    if ((basis as MemoryBasis).version !== this.#version) return "stale";
    this.#version++;
    const { changes } = commit;
    const keys = new Map([...this.#componentNames].map(([component, name]) => [name, component]));
    const freshProfiles = new Map<number, Set<StoredIdentifier>>();
    const freshComponents = new Map<number, object>();
    const formers = new Map<string, Set<StoredIdentifier>>();
    const former = (id: string) => { const s = formers.get(id) ?? this.#identifiers.get(id)!.profile; formers.set(id, s); return s; };
    for (const m of [...changes.moves, ...changes.identifiers]) if ("former" in m.place) former(m.place.former);
    for (const a of changes.absorptions) former(a.into);
    const profileAt = (place: Place) => {
      if ("former" in place) return former(place.former);
      const set = freshProfiles.get(place.fresh) ?? new Set<StoredIdentifier>();
      freshProfiles.set(place.fresh, set);
      return set;
    };
    const componentAt = (place: ComponentPlace) => {
      if (place === undefined) return undefined;
      if ("former" in place) return keys.get(place.former)!;
      const c = freshComponents.get(place.fresh) ?? {};
      freshComponents.set(place.fresh, c);
      return c;
    };
    for (const { into, from } of changes.absorptions) {
      const target = former(into);
      for (const id of from) for (const member of [...this.#identifiers.get(id)!.profile]) { target.add(member); member.profile = target; }
    }
    for (const { id, place, component } of changes.moves) {
      const stored = this.#identifiers.get(id)!;
      stored.profile.delete(stored);
      stored.profile = profileAt(place);
      stored.component = componentAt(component);
    }
    for (const { id } of changes.moves) { const stored = this.#identifiers.get(id)!; stored.profile.add(stored); }
    for (const { node, place, component, founded, sources, neighbours, generic } of changes.identifiers) {
      const profile = profileAt(place);
      const stored = { node, order: this.#identifiers.size, founded, sources: [...sources], neighbours, generic, profile, component: componentAt(component) };
      profile.add(stored);
      this.#identifiers.set(node.id, stored);
    }
    for (const { id, sources, neighbours, generic } of changes.updates) {
      const stored = this.#identifiers.get(id)!;
      if (sources !== undefined) stored.sources = [...sources];
      if (neighbours !== undefined) { stored.neighbours = neighbours; stored.generic = generic!; }
    }
    for (const id of changes.founders) this.#identifiers.get(id)!.founded = true;
    for (const { isNew, a, b, ...rest } of changes.links) {
      const key = linkKey(a, b);
      if (isNew === this.#links.has(key)) throw new Error("link newness");
      const [x, y] = a.id < b.id ? [a, b] : [b, a];
      this.#links.set(key, { a: { id: x.id, identifier: x.identifier }, b: { id: y.id, identifier: y.identifier }, ...rest });
    }
    for (const d of changes.decisions) {
      if (d.kind === "taken") this.#decisions.set(d.decision.id, { ...d.decision, takenBackAt: undefined, objection: d.objection });
      else { const r = this.#decisions.get(d.id)!; this.#decisions.set(d.id, d.kind === "takenBack" ? { ...r, takenBackAt: d.at } : { ...r, objection: d.objection }); }
    }
    if (commit.rules !== undefined) this.#rules.push(commit.rules);
    for (const { profile, ...kept } of changes.traits) {
      const traits = this.#traits.get(profile) ?? new Map<string, KeptTrait>();
      this.#traits.set(profile, traits.set(kept.name, kept));
    }
    for (const { home, others, traits: _traits, trust: _trust, ...rest } of changes.events) {
      const stored = {
        record: { ...rest, provisional: home?.id ?? "" },
        home: home?.id,
        others: others.map((node) => node.id),
      };
      this.#events.set(rest.id, stored);
      if (home !== null) append(this.#eventsByHome, home.id, stored);
    }
    for (const change of changes.changes)
      this.#changes.push({ ...change, sequence: this.#changes.length + 1 });
    for (const id of commit.released) this.#quarantine.delete(id);
    for (const event of commit.quarantined) this.#quarantine.set(event.id, { ...event });
    for (const tally of commit.tallies) this.#count(tally);
    return "committed";
  }

  #count(tally: Tally): void {
    const key = JSON.stringify([tally.source, tally.outcome]);
    const standing = this.#tallies.get(key);
    this.#tallies.set(key, {
      ...tally,
      deliveries: tally.deliveries + (standing?.deliveries ?? 0),
      events: tally.events + (standing?.events ?? 0),
    });
  }

  async identifier(id: ProfileId): Promise<Identifier | undefined> {
    return this.#identifiers.get(id)?.node.identifier;
  }

  async profile(id: ProfileId): Promise<ProfileRecord | undefined> {
    const profile = this.#members(id);
    if (profile === undefined) return undefined;
    return {
      id: profile[0]!.node.id,
      members: profile.map((member) => this.#member(member)),
      traits: profile.flatMap((member) => this.#traitsOf(member.node.id)),
      eventCount: this.#eventsOf(profile).length,
    };
  }

  /** In the order of first receipt. */
  #members(id: ProfileId): StoredIdentifier[] | undefined {
    const stored = this.#identifiers.get(id);
    if (stored === undefined) return undefined;
    return [...stored.profile].toSorted((left, right) => left.order - right.order);
  }

  #eventsOf(members: readonly StoredIdentifier[]): StoredEvent[] {
    return members.flatMap((member) => this.#eventsByHome.get(member.node.id) ?? []);
  }

  #traitsOf(profile: ProfileId): KeptTrait[] {
    return [...(this.#traits.get(profile)?.values() ?? [])];
  }

  #member({ node, founded, sources }: StoredIdentifier): Member {
    const naming = [...this.#events.values()].filter(
      ({ home, others }) => home === node.id || others.includes(node.id),
    );
    const times = naming.map(({ record }) => record.occurredAt);
    return { node, founded, sources, firstSeenAt: least(times), lastSeenAt: greatest(times) };
  }

  async journey(request: JourneyRequest): Promise<JourneyPage | undefined> {
    const members = this.#members(request.profile);
    if (members === undefined) return undefined;
    const direction = request.order === "asc" ? 1 : -1;
    const events = this.#eventsOf(members)
      .map(({ record }) => record)
      .filter(
        (event) =>
          (request.from === undefined || event.occurredAt >= request.from) &&
          (request.to === undefined || event.occurredAt < request.to) &&
          (request.type === undefined || event.type === request.type) &&
          (request.source === undefined || event.source === request.source) &&
          (request.after === undefined ||
            direction * compareStamps(stampOf(event), request.after) > 0),
      )
      .toSorted((left, right) => direction * compareStamps(stampOf(left), stampOf(right)))
      .values();
    const page: EventRecord[] = [];
    let bytes = 0;
    for (const event of events) {
      bytes += Buffer.byteLength(event.payload);
      if (page.length === request.limit || (page.length > 0 && bytes > request.bytesMax))
        return { profile: members[0]!.node.id, events: page, more: true };
      page.push(event);
    }
    return { profile: members[0]!.node.id, events: page, more: false };
  }

  async links(id: ProfileId, limit: number): Promise<readonly LinkRecord[]> {
    const members = new Set(this.#members(id)?.map((member) => member.node.id));
    return [...this.#links.values()]
      .filter((link) => members.has(link.a.id) || members.has(link.b.id))
      .slice(0, limit)
      .map((link) => this.#linkRecord(link));
  }

  #linkRecord(link: Link & { objection: Objection | undefined }): LinkRecord {
    const naming = [...this.#events.values()]
      .filter(
        ({ home, others }) =>
          (home === link.a.id && others.includes(link.b.id)) ||
          (home === link.b.id && others.includes(link.a.id)),
      )
      .map(({ record }) => record)
      .toSorted((left, right) => compareStamps(stampOf(left), stampOf(right)));
    return {
      ...link,
      firstSeenAt: naming[0]!.occurredAt,
      lastSeenAt: naming.at(-1)!.occurredAt,
      events: naming.length,
      evidence: naming.slice(0, EVIDENCE_MAX).map((event) => event.id),
      profiles: [this.#members(link.a.id)![0]!.node.id, this.#members(link.b.id)![0]!.node.id],
    };
  }

  async changes(afterSequence: number, limit: number): Promise<readonly ChangeRecord[]> {
    return this.#changes.filter(({ sequence }) => sequence > afterSequence).slice(0, limit);
  }

  async tallies(): Promise<readonly Tally[]> {
    return [...this.#tallies.values()];
  }

  async *people(): AsyncIterable<PersonRecord> {
    const profiles = new Set([...this.#identifiers.values()].map((stored) => stored.profile));
    // Made before the first is handed out: a stream sees one moment.
    yield* [...profiles].map((profile) => {
      const members = this.#members([...profile][0]!.node.id)!;
      const events = this.#eventsOf(members).map(({ record }) => record);
      return {
        id: members[0]!.node.id,
        members: members.map((member) => member.node.identifier),
        traits: members.flatMap((member) => this.#traitsOf(member.node.id)),
        events: streamOf(events),
      };
    });
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}

function known(stored: StoredIdentifier, component: string): KnownIdentifier {
  const founder = [...stored.profile].reduce((oldest, member) =>
    member.order < oldest.order ? member : oldest,
  );
  return {
    identifier: stored.node.identifier,
    canonical: founder.node.id,
    canonicalOrder: founder.order,
    sources: stored.sources,
    neighbours: stored.neighbours,
    component,
    isPlain: stored.component === undefined,
  };
}

async function* streamOf<Item>(items: readonly Item[]): AsyncGenerator<Item, void> {
  yield* items;
}

function stampOf(event: EventRecord): Stamp {
  return { at: event.occurredAt, source: event.source, key: event.key };
}

function pick<Asked, Key, Value>(
  asked: Iterable<Asked>,
  find: (one: Asked) => readonly [Key, Value] | undefined,
): Map<Key, Value> {
  const found = new Map<Key, Value>();
  for (const one of asked) {
    const entry = find(one);
    if (entry !== undefined) found.set(...entry);
  }
  return found;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number));
}

function greatest(numbers: readonly number[]): number {
  return numbers.reduce((greatest, number) => Math.max(greatest, number));
}
