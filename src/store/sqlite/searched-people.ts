/** What searches ask of one person: a few look-ups in indexes for each leaf of a filter, each by a statement of its own. */
import { compareStamps } from "../../identity/stamp.ts";
import { comparableValue } from "../../identity/trait-value.ts";
import type { Milliseconds, ProfileId, Stamp } from "../../identity/types.ts";
import {
  lowest,
  type EqualsLeaf,
  type EventsLeaf,
  type ExistsLeaf,
  type Searched,
  type SearchLeaf,
} from "../search.ts";
import type { SqliteDatabase } from "./database.ts";

/** A trait of one member. */
interface MemberTrait extends Stamp {
  readonly ordinal: number;
  readonly value: string;
}

interface EventsBinding {
  readonly home: number;
  readonly from: Milliseconds;
  readonly to: Milliseconds;
  readonly type: string | null;
  readonly source: string | null;
  readonly limit: number;
}

interface NamedBinding {
  readonly profile: number;
  readonly name: string;
}

/** Where an identifier is kept. */
export interface Whereabouts {
  readonly ordinal: number;
  readonly profile: number;
}

/** The statements of a search, for plans to be looked at too. */
export const SEARCH_STATEMENTS = {
  whereabouts: "SELECT ordinal, profile FROM identifier_rows WHERE id = ?",
  members: "SELECT ordinal FROM identifier_rows WHERE profile = ? ORDER BY ordinal",
  firstInNamespace: `SELECT ordinal FROM identifier_rows
    WHERE profile = :profile AND namespace = :name ORDER BY ordinal LIMIT 1`,
  firstWithTrait: `SELECT i.ordinal
    FROM identifier_rows AS i CROSS JOIN trait_rows AS t ON t.identifier = i.ordinal AND t.name = :name
    WHERE i.profile = :profile ORDER BY i.ordinal LIMIT 1`,
  traits: `SELECT i.ordinal, t.value, t.at, t.source, t."key"
    FROM identifier_rows AS i CROSS JOIN trait_rows AS t ON t.identifier = i.ordinal AND t.name = :name
    WHERE i.profile = :profile ORDER BY i.ordinal`,
  // Counting ends where enough were found.
  events: `SELECT count(*) FROM (
    SELECT 1 FROM event_rows
    WHERE home = :home AND occurred_at >= :from AND occurred_at < :to
      AND (:type IS NULL OR type = :type) AND (:source IS NULL OR source = :source)
    LIMIT :limit)`,
} as const;

export function prepareSearchedPeople({ client }: SqliteDatabase) {
  const whereabouts = client.prepare<[ProfileId], Whereabouts>(SEARCH_STATEMENTS.whereabouts);
  const members = client.prepare<[number], number>(SEARCH_STATEMENTS.members).pluck();
  const firstInNamespace = client
    .prepare<[NamedBinding], number>(SEARCH_STATEMENTS.firstInNamespace)
    .pluck();
  const firstWithTrait = client
    .prepare<[NamedBinding], number>(SEARCH_STATEMENTS.firstWithTrait)
    .pluck();
  const traits = client.prepare<[NamedBinding], MemberTrait>(SEARCH_STATEMENTS.traits);
  const events = client.prepare<[EventsBinding], number>(SEARCH_STATEMENTS.events).pluck();
  return {
    whereabouts: (id: ProfileId): Whereabouts | undefined => whereabouts.get(id),
    members: (profile: number): number[] => members.all(profile),
    firstInNamespace: (named: NamedBinding): number | undefined => firstInNamespace.get(named),
    firstWithTrait: (named: NamedBinding): number | undefined => firstWithTrait.get(named),
    traits: (named: NamedBinding): MemberTrait[] => traits.all(named),
    events: (binding: EventsBinding): number => events.get(binding)!,
  };
}

export type PeopleReads = ReturnType<typeof prepareSearchedPeople>;

/** One person, known by the label of the profile. What is not asked for is not read. */
export class SearchedPerson implements Searched {
  readonly #reads: PeopleReads;
  readonly #profile: number;
  #members: readonly number[] | undefined;

  constructor(reads: PeopleReads, profile: number) {
    this.#reads = reads;
    this.#profile = profile;
  }

  get #ordinals(): readonly number[] {
    this.#members ??= this.#reads.members(this.#profile);
    return this.#members;
  }

  get founder(): number {
    return this.#ordinals[0]!;
  }

  placeOfLeaf(leaf: SearchLeaf): number | undefined {
    switch (leaf.kind) {
      case "identifier":
        return this.#identifier(leaf.id);
      case "exists":
        return this.#exists(leaf);
      case "equals":
        return this.#equals(leaf);
      case "events":
        return this.#events(leaf);
    }
  }

  #identifier(id: ProfileId | undefined): number | undefined {
    const found = id === undefined ? undefined : this.#reads.whereabouts(id);
    return found?.profile === this.#profile ? found.ordinal : undefined;
  }

  #exists({ name }: ExistsLeaf): number | undefined {
    const named = { profile: this.#profile, name };
    return lowest([this.#reads.firstInNamespace(named), this.#reads.firstWithTrait(named)]);
  }

  #equals({ name, value, id }: EqualsLeaf): number | undefined {
    const traits = this.#reads.traits({ profile: this.#profile, name });
    const asked = comparableValue(value);
    const hasValue = (trait: MemberTrait | undefined) =>
      trait !== undefined && asked !== undefined && comparableValue(trait.value) === asked;
    const byIdentifier = this.#identifier(id);
    if (byIdentifier === undefined && !hasValue(newest(traits))) return undefined;
    return lowest([traits.find(hasValue)?.ordinal, byIdentifier]);
  }

  #events({ type, source, from, to, atLeast }: EventsLeaf): number | undefined {
    let missing = atLeast;
    return this.#ordinals.find((home) => {
      missing -= this.#reads.events({
        home,
        from: from ?? Number.MIN_SAFE_INTEGER,
        to: to ?? Number.MAX_SAFE_INTEGER,
        type: type ?? null,
        source: source ?? null,
        limit: missing,
      });
      return missing === 0;
    });
  }
}

function newest(traits: readonly MemberTrait[]): MemberTrait | undefined {
  let standing: MemberTrait | undefined;
  for (const trait of traits)
    if (standing === undefined || compareStamps(trait, standing) > 0) standing = trait;
  return standing;
}
