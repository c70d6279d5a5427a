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
import type { Counts } from "../../src/identity/rules.ts";
import type { EventId, Identifier, ProfileId, Stamp } from "../../src/identity/types.ts";
import { UnionFind } from "../../src/identity/union-find.ts";

export class MemoryNeighbourhood implements Neighbourhood {
  readonly identifiers = new Map<ProfileId, Known>();
  readonly links = new Map<string, KnownLink>();
  readonly traits = new Map<string, Stamp>();
  readonly events = new Map<EventId, KnownEvent>();
  readonly #profiles = new Profiles();

  apply({ identifiers, updates, absorptions, links, events }: ChangeSet): void {
    for (const { into, from } of absorptions) for (const id of from) this.#join(into, id);
    const fresh = new Map<number, ProfileId>();
    for (const created of identifiers) this.#create(created, fresh);
    for (const { id, sources, neighbours } of updates) {
      const known = this.identifiers.get(id)!;
      known.sources = sources ?? known.sources;
      known.neighbours = neighbours ?? known.neighbours;
    }
    for (const link of links) this.links.set(linkKey(link.a, link.b), link);
    for (const { id, source, key } of events)
      this.events.set(id, {
        source,
        key,
        receivedAt: 0,
        quarantinedIn: undefined,
        anonymousText: undefined,
      });
  }

  /** How many identifiers each of these profiles has; without limits the namespaces do not matter. */
  counts(profiles: readonly ProfileId[]): Map<ProfileId, Counts> {
    return new Map(
      profiles.map((id) => [id, { all: this.#profiles.sizeOf(this.identifiers.get(id)!.number) }]),
    );
  }

  /** `fresh` holds, of every new place, the first that came there. */
  #create({ node, place, ...named }: NewIdentifier, fresh: Map<number, ProfileId>): void {
    const number = this.#profiles.add(node.id);
    this.identifiers.set(node.id, new Known(this.#profiles, number, node.identifier, named));
    const companion = "former" in place ? place.former : fresh.get(place.fresh);
    if (companion !== undefined) this.#join(companion, node.id);
    else if ("fresh" in place) fresh.set(place.fresh, node.id);
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

  sizeOf(number: number): number {
    return this.#groups.sizeOf(number);
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
  neighbours: Counts;
  /** No rule touches anybody here. */
  readonly isPlain = true;
  readonly #profiles: Profiles;

  constructor(
    profiles: Profiles,
    number: number,
    identifier: Identifier,
    { sources, neighbours }: Pick<KnownIdentifier, "sources" | "neighbours">,
  ) {
    this.#profiles = profiles;
    this.number = number;
    this.identifier = identifier;
    this.sources = sources;
    this.neighbours = neighbours;
  }

  get component(): ProfileId {
    return this.canonical;
  }

  get canonical(): ProfileId {
    return this.#profiles.idOf(this.canonicalOrder);
  }

  get canonicalOrder(): number {
    return this.#profiles.founder(this.number);
  }
}
