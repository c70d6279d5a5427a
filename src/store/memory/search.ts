/** Searches in the memory store: everybody is looked at, one after the other. The plain meaning of a filter. */
import { newestTraits } from "../../identity/traits.ts";
import { comparableValue } from "../../identity/trait-value.ts";
import type { ProfileId } from "../../identity/types.ts";
import {
  lowest,
  placeOf,
  profileBytes,
  type EqualsLeaf,
  type EventsLeaf,
  type Searched,
  type SearchFilter,
  type SearchLeaf,
  type SearchRequest,
} from "../search.ts";
import type { EventRecord, ProfileRecord, SearchPage } from "../store.ts";
import type { History } from "./history.ts";
import type { Identities } from "./identities.ts";
import { inOrder, type StoredIdentifier } from "./profile.ts";

interface Match {
  readonly id: ProfileId;
  readonly place: number;
}

export async function searchPage(
  identities: Identities,
  history: History,
  { filter, after, limit, bytesMax }: SearchRequest,
  read: (id: ProfileId) => Promise<ProfileRecord | undefined>,
): Promise<SearchPage> {
  const matches = matchesIn(identities, history, filter).filter(({ place }) => place > after);
  const profiles: ProfileRecord[] = [];
  let bytes = 0;
  for (const { id } of matches.slice(0, limit)) {
    const profile = (await read(id))!;
    bytes += profileBytes(profile);
    if (profiles.length > 0 && bytes > bytesMax) break;
    profiles.push(profile);
  }
  const isLast = profiles.length === matches.length;
  return { profiles, next: isLast ? undefined : matches[profiles.length - 1]!.place };
}

function matchesIn(identities: Identities, history: History, filter: SearchFilter): Match[] {
  const profiles = new Set([...identities.identifiers.values()].map(({ profile }) => profile));
  return [...profiles]
    .flatMap((profile): Match[] => {
      const place = placeOf(filter, new Person(inOrder(profile.members), history));
      return place === undefined ? [] : [{ id: profile.founder.node.id, place }];
    })
    .toSorted((left, right) => left.place - right.place);
}

/** Places begin at 1, so that 0 is before all of them. */
function placeOfMember({ order }: StoredIdentifier): number {
  return order + 1;
}

class Person implements Searched {
  readonly #members: readonly StoredIdentifier[];
  readonly #history: History;

  /** The members in the order of first receipt. */
  constructor(members: readonly StoredIdentifier[], history: History) {
    this.#members = members;
    this.#history = history;
  }

  get founder(): number {
    return placeOfMember(this.#members[0]!);
  }

  placeOfLeaf(leaf: SearchLeaf): number | undefined {
    switch (leaf.kind) {
      case "identifier":
        return this.#first(({ node }) => node.id === leaf.id);
      case "exists":
        return this.#first(
          ({ node }) =>
            node.identifier.namespace === leaf.name ||
            this.#history.trait(node.id, leaf.name) !== undefined,
        );
      case "equals":
        return this.#equals(leaf);
      case "events":
        return this.#events(leaf);
    }
  }

  #first(condition: (member: StoredIdentifier) => boolean): number | undefined {
    const member = this.#members.find(condition);
    return member === undefined ? undefined : placeOfMember(member);
  }

  #equals({ name, value, id }: EqualsLeaf): number | undefined {
    const asked = comparableValue(value);
    const hasValue = (text: string | undefined) =>
      text !== undefined && asked !== undefined && comparableValue(text) === asked;
    const traits = this.#members.flatMap(({ node }) => this.#history.traitsOf(node.id));
    const canonical = newestTraits(traits).find((trait) => trait.name === name);
    const byIdentifier = this.#first(({ node }) => node.id === id);
    if (byIdentifier === undefined && !hasValue(canonical?.value)) return undefined;
    const byTrait = this.#first(({ node }) => hasValue(this.#history.trait(node.id, name)?.value));
    return lowest([byTrait, byIdentifier]);
  }

  #events(leaf: EventsLeaf): number | undefined {
    let count = 0;
    return this.#first(({ node }) => {
      count += this.#history.atHome(node.id).filter((event) => isAskedFor(event, leaf)).length;
      return count >= leaf.atLeast;
    });
  }
}

function isAskedFor(
  event: EventRecord,
  { type, source, from = -Infinity, to = Infinity }: EventsLeaf,
): boolean {
  return (
    (type === undefined || event.type === type) &&
    (source === undefined || event.source === source) &&
    event.occurredAt >= from &&
    event.occurredAt < to
  );
}
