/** Who is who in the memory store: identifiers, the profiles and components they are kept in, and their links. */
import type {
  ChangeSet,
  ComponentPlace,
  KnownIdentifier,
  LinkChange,
  NewIdentifier,
  Place,
} from "../../identity/change-set.ts";
import type { ComponentKey } from "../../identity/graph.ts";
import { linkKey } from "../../identity/identifier.ts";
import type { Objection } from "../../identity/objection.ts";
import type { Link, Node, ProfileId } from "../../identity/types.ts";
import type { Totals } from "../store.ts";
import { Profile, type Component, type StoredIdentifier } from "./profile.ts";

export interface StoredLink extends Link {
  readonly objection: Objection | undefined;
}

/** Where a change set's places are. */
interface Places {
  readonly profile: (place: Place) => Profile;
  readonly component: (place: ComponentPlace) => Component | undefined;
}

export class Identities {
  readonly #identifiers = new Map<ProfileId, StoredIdentifier>();
  readonly #links = new Map<string, StoredLink>();
  readonly #components = new Map<ComponentKey, Component>();
  /** How many there ever were, so that no order is given twice. */
  #created = 0;

  get identifiers(): ReadonlyMap<ProfileId, StoredIdentifier> {
    return this.#identifiers;
  }

  get links(): ReadonlyMap<string, StoredLink> {
    return this.#links;
  }

  /** The identifier as it was first given: whoever names it again may know more of it than is to be kept. */
  nodeOf(id: ProfileId): Node {
    return this.#identifiers.get(id)!.node;
  }

  /** A plain component's key is its profile's id, and an identifier's; no other component's is. */
  membersOf(key: ComponentKey): ReadonlySet<StoredIdentifier> {
    return this.#components.get(key)?.members ?? this.#identifiers.get(key)!.profile.members;
  }

  /** The links of some identifiers, each once. */
  linksOf(members: Iterable<StoredIdentifier>): StoredLink[] {
    const keys = new Set<string>();
    for (const { links } of members) for (const key of links) keys.add(key);
    return [...keys].map((key) => this.#links.get(key)!);
  }

  commit(changes: ChangeSet): void {
    const places = this.#placesOf(changes);
    for (const { into, from } of changes.absorptions)
      for (const absorbed of from)
        for (const member of places.profile({ former: absorbed }).members)
          keepIn(member, places.profile({ former: into }), undefined);
    for (const { id, place, component } of changes.moves)
      keepIn(this.#identifiers.get(id)!, places.profile(place), places.component(component));
    for (const created of changes.identifiers) this.#create(created, places);
    for (const { id, sources, neighbours, generic } of changes.updates) {
      const stored = this.#identifiers.get(id)!;
      if (sources !== undefined) stored.sources = [...sources];
      if (neighbours !== undefined) stored.neighbours = { ...neighbours };
      if (generic !== undefined) stored.generic = generic;
    }
    for (const id of changes.founders) this.#identifiers.get(id)!.founded = true;
    for (const link of changes.links) this.#put(link);
  }

  /** Former places are those before the commit, so they are looked up before anything is moved. */
  #placesOf({ absorptions, moves, identifiers }: ChangeSet): Places {
    const former = new Map<ProfileId, Profile>();
    const remember = (id: ProfileId) => former.set(id, this.#identifiers.get(id)!.profile);
    for (const { into, from } of absorptions) for (const id of [into, ...from]) remember(id);
    for (const { place } of [...moves, ...identifiers])
      if ("former" in place) remember(place.former);
    const freshProfiles = new Map<number, Profile>();
    const freshComponents = new Map<number, Component>();
    return {
      profile: (place) =>
        "former" in place
          ? former.get(place.former)!
          : madeOnce(freshProfiles, place.fresh, () => new Profile()),
      component: (place) => {
        if (place === undefined) return undefined;
        return "former" in place
          ? this.#components.get(place.former)!
          : madeOnce(freshComponents, place.fresh, () => this.#newComponent());
      },
    };
  }

  /** Components are never forgotten, so that a key is never given twice. */
  #newComponent(): Component {
    const component = { key: String(this.#components.size + 1), members: new Set<never>() };
    this.#components.set(component.key, component);
    return component;
  }

  #create(created: NewIdentifier, places: Places): void {
    const { node, founded, generic, sources, neighbours, place, component } = created;
    const stored: StoredIdentifier = {
      node: { id: node.id, identifier: { ...node.identifier } },
      order: this.#created++,
      founded,
      generic,
      sources: [...sources],
      neighbours: { ...neighbours },
      profile: places.profile(place),
      component: undefined,
      links: new Set(),
    };
    keepIn(stored, stored.profile, places.component(component));
    this.#identifiers.set(node.id, stored);
  }

  #put({ a, b, trust, evidenceAt, objection }: LinkChange): void {
    const key = linkKey(a, b);
    this.#links.set(key, {
      a: this.nodeOf(a.id),
      b: this.nodeOf(b.id),
      trust,
      evidenceAt,
      objection,
    });
    for (const { id } of [a, b]) this.#identifiers.get(id)!.links.add(key);
  }

  /** Forgets identifiers with their links, and further links. */
  erase(ids: readonly ProfileId[], pairs: readonly (readonly [ProfileId, ProfileId])[]): void {
    for (const [a, b] of pairs) this.#unlink(linkKey({ id: a }, { id: b }));
    for (const id of ids) {
      const stored = this.#identifiers.get(id)!;
      for (const key of stored.links) this.#unlink(key);
      stored.profile.remove(stored);
      stored.component?.members.delete(stored);
      this.#identifiers.delete(id);
    }
  }

  #unlink(key: string): void {
    const { a, b } = this.#links.get(key)!;
    for (const { id } of [a, b]) this.#identifiers.get(id)!.links.delete(key);
    this.#links.delete(key);
  }

  totals(): Totals {
    const identifiers = [...this.#identifiers.values()];
    const contested = new Set(identifiers.flatMap(({ component }) => component ?? []));
    const plain = new Set(
      identifiers.filter(({ component }) => component === undefined).map(({ profile }) => profile),
    );
    const objections: Record<string, number> = {};
    for (const { objection } of this.#links.values())
      if (objection !== undefined)
        objections[objection.rule] = (objections[objection.rule] ?? 0) + 1;
    return {
      profiles: new Set(identifiers.map(({ profile }) => profile)).size,
      components: plain.size + contested.size,
      contested: contested.size,
      objections,
      generic: identifiers.filter(({ generic }) => generic).length,
    };
  }
}

function keepIn(
  member: StoredIdentifier,
  profile: Profile,
  component: Component | undefined,
): void {
  member.profile.remove(member);
  member.component?.members.delete(member);
  member.profile = profile;
  member.component = component;
  profile.add(member);
  component?.members.add(member);
}

function madeOnce<Key, Value>(made: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = made.get(key) ?? make();
  made.set(key, value);
  return value;
}

export function known(stored: StoredIdentifier): KnownIdentifier {
  const { founder } = stored.profile;
  return {
    identifier: stored.node.identifier,
    canonical: founder.node.id,
    canonicalOrder: founder.order,
    component: stored.component?.key ?? founder.node.id,
    isPlain: stored.component === undefined,
    sources: stored.sources,
    neighbours: stored.neighbours,
  };
}
