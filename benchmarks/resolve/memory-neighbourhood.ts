/**
 * A neighbourhood that covers everything: what the resolver would be given by a store that costs nothing. It is live,
 * so no batch has to be loaded, and it takes change sets in.
 */
import type {
  ChangeSet,
  KnownEvent,
  KnownIdentifier,
  KnownLink,
  Neighbourhood,
  NewIdentifier,
} from "../../src/identity/change-set.ts";
import { identifierText, linkKey } from "../../src/identity/identifier.ts";
import type { EventId, Identifier, ProfileId, Stamp } from "../../src/identity/types.ts";
import { UnionFind } from "../../src/identity/union-find.ts";

export class MemoryNeighbourhood implements Neighbourhood {
  readonly identifiers = new Map<ProfileId, Known>();
  readonly links = new Map<string, KnownLink>();
  readonly traits = new Map<string, Stamp>();
  readonly events = new Map<EventId, KnownEvent>();
  readonly #profiles = new Profiles();

  apply({ identifiers, sources, absorptions, links, events }: ChangeSet): void {
    for (const { canonical, absorbed } of absorptions)
      for (const id of absorbed) this.#join(canonical, id);
    for (const created of identifiers) this.#create(created);
    for (const { id, sources: named } of sources) this.identifiers.get(id)!.sources = named;
    for (const link of links) this.links.set(linkKey(link.a, link.b), link);
    for (const { id, source, key } of events)
      this.events.set(id, { source, key, quarantined: false });
  }

  #create({ node, canonical, sources }: NewIdentifier): void {
    const number = this.#profiles.add(node.id);
    this.identifiers.set(node.id, new Known(this.#profiles, number, node.identifier, sources));
    if (canonical !== node.id) this.#join(canonical, node.id);
  }

  #join(left: ProfileId, right: ProfileId): void {
    this.#profiles.join(this.identifiers.get(left)!.number, this.identifiers.get(right)!.number);
  }

  /** The texts of the identifiers of every profile. */
  components(): string[][] {
    const components = new Map<ProfileId, string[]>();
    for (const { identifier, canonical } of this.identifiers.values()) {
      const component = components.get(canonical);
      if (component === undefined) components.set(canonical, [identifierText(identifier)]);
      else component.push(identifierText(identifier));
    }
    return [...components.values()];
  }
}

/** Who belongs together, and who came first: the identifiers are numbered as they were received. */
class Profiles {
  readonly #groups = new UnionFind();
  readonly #ids: ProfileId[] = [];
  /** By root; entries of former roots are stale and never read. */
  readonly #founders: number[] = [];

  add(id: ProfileId): number {
    this.#ids.push(id);
    this.#founders.push(this.#founders.length);
    return this.#groups.add();
  }

  join(left: number, right: number): void {
    const founder = Math.min(this.founder(left), this.founder(right));
    this.#founders[this.#groups.union(left, right)] = founder;
  }

  founder(number: number): number {
    return this.#founders[this.#groups.find(number)]!;
  }

  idOf(number: number): ProfileId {
    return this.#ids[number]!;
  }
}

class Known implements KnownIdentifier {
  readonly identifier: Identifier;
  readonly number: number;
  sources: readonly string[];
  readonly #profiles: Profiles;

  constructor(
    profiles: Profiles,
    number: number,
    identifier: Identifier,
    sources: readonly string[],
  ) {
    this.#profiles = profiles;
    this.number = number;
    this.identifier = identifier;
    this.sources = sources;
  }

  get canonical(): ProfileId {
    return this.#profiles.idOf(this.canonicalOrder);
  }

  get canonicalOrder(): number {
    return this.#profiles.founder(this.number);
  }
}
