/**
 * Single people: their profiles and their journeys, by any id that was ever given out or any identifier. Needs no more than
 * what can be read, so that a thread with a store of its own can answer too.
 */
import type { Settings } from "../config/config.ts";
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import { newestTraits } from "../identity/traits.ts";
import type { ProfileId, Stamp } from "../identity/types.ts";
import type { References } from "./references.ts";
import type { EventRecord, JourneyRequest, Member, ProfileRecord, Store } from "../store/store.ts";

export interface PeopleOptions {
  readonly store: Pick<Store, "profile" | "journey">;
  readonly references: Pick<References, "find">;
  readonly limits: Pick<Settings["limits"], "pageBytesMax">;
}

export interface ProfileView {
  readonly id: ProfileId;
  readonly formerIds: readonly ProfileId[];
  readonly identifiers: readonly {
    readonly identifier: string;
    readonly namespace: string;
    readonly value: string;
    readonly provisional: ProfileId;
    readonly firstSeenAt: string;
    readonly lastSeenAt: string;
    readonly sources: readonly string[];
  }[];
  readonly traits: readonly TraitView[];
  readonly eventCount: number;
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export interface TraitView {
  readonly name: string;
  /** JSON text, digits untouched. */
  readonly value: string;
  readonly at: string;
  readonly source: string;
  readonly event: string;
}

export type JourneyQuery = Omit<JourneyRequest, "profile" | "bytesMax">;

export interface JourneyView {
  readonly profile: ProfileId;
  readonly events: readonly EventRecord[];
  /** Where the next page starts; null where this was the last. */
  readonly next: Stamp | null;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  async profile(reference: string): Promise<ProfileView | undefined> {
    const id = await this.#options.references.find(reference);
    const record = id === undefined ? undefined : await this.#options.store.profile(id);
    return record === undefined ? undefined : profileView(record);
  }

  async journey(reference: string, query: JourneyQuery): Promise<JourneyView | undefined> {
    const id = await this.#options.references.find(reference);
    if (id === undefined) return undefined;
    const { store, limits } = this.#options;
    const bytesMax = limits.pageBytesMax;
    const page = await store.journey({ ...query, profile: id, bytesMax });
    if (page === undefined) return undefined;
    const last = page.events.at(-1);
    const next =
      page.more && last !== undefined
        ? { at: last.occurredAt, source: last.source, key: last.key }
        : null;
    return { profile: page.profile, events: page.events, next };
  }
}

export function profileView(record: ProfileRecord): ProfileView {
  return {
    id: record.id,
    formerIds: record.members
      .filter(({ founded, node }) => founded && node.id !== record.id)
      .map(({ node }) => node.id),
    identifiers: record.members.map(memberView),
    traits: newestTraits(record.traits).map(({ name, value, stamp, event }) => ({
      name,
      value,
      at: formatTime(stamp.at),
      source: stamp.source,
      event,
    })),
    eventCount: record.eventCount,
    firstSeenAt: formatTime(
      record.members.reduce((first, member) => Math.min(first, member.firstSeenAt), Infinity),
    ),
    lastSeenAt: formatTime(
      record.members.reduce((last, member) => Math.max(last, member.lastSeenAt), -Infinity),
    ),
  };
}

function memberView({ node, firstSeenAt, lastSeenAt, sources }: Member) {
  return {
    identifier: identifierText(node.identifier),
    namespace: node.identifier.namespace,
    value: node.identifier.value,
    provisional: node.id,
    firstSeenAt: formatTime(firstSeenAt),
    lastSeenAt: formatTime(lastSeenAt),
    sources,
  };
}
