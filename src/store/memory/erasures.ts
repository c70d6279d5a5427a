/** Who was erased from the memory store, and what it knows them again by. */
import type { EventId, Milliseconds, ProfileId } from "../../identity/types.ts";
import type { ErasedBefore, ErasureCommit, ErasureRecord, ErasuresRequest } from "../erasures.ts";

export class Erasures {
  readonly #records: ErasureRecord[] = [];
  readonly #erased = new Map<EventId, Milliseconds>();
  readonly #suppressed = new Set<ProfileId>();

  /** `events` are those that go, with the time at which they were received. */
  commit(
    {
      members,
      orphans: _orphans,
      links: _links,
      anonymous: _a,
      quarantined: _q,
      ...erasure
    }: ErasureCommit,
    events: Iterable<readonly [EventId, Milliseconds]>,
  ): void {
    for (const [id, receivedAt] of events) this.#erased.set(id, receivedAt);
    if (erasure.suppressed) for (const id of members) this.#suppressed.add(id);
    // Memory that is let go of is nobody's to read.
    this.#records.push({ ...erasure, tidiedAt: erasure.at });
  }

  before(events: Iterable<EventId>, identifiers: Iterable<ProfileId>): ErasedBefore {
    const erased = [...events].flatMap((id) => {
      const receivedAt = this.#erased.get(id);
      return receivedAt === undefined ? [] : [[id, receivedAt] as const];
    });
    const suppressed = [...identifiers].filter((id) => this.#suppressed.has(id));
    return { erased: new Map(erased), suppressed: new Set(suppressed) };
  }

  /** The last first; none where the one that they are to be before is not known. */
  page({ after, limit }: ErasuresRequest): readonly ErasureRecord[] {
    const all = this.#records.toReversed();
    const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && start === 0) return [];
    return all.slice(start, start + limit);
  }
}
