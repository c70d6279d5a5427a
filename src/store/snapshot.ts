/**
 * Snapshots: everything there is as of one moment, streamed row by row in one order, for those who take it elsewhere.
 *
 * The caller's duties: it goes through one stream at a time, leaves what it does not read to the end, and closes the
 * snapshot. A store owes it bounded memory, whatever one person's journey holds, and writers that need not wait.
 */
import type { ProfileId } from "../identity/types.ts";
import type { EventRecord, LinkRecord, ProfileRecord, RulesRecord } from "./store.ts";

/** How many rows each stream has. */
export interface SnapshotCounts {
  readonly profiles: number;
  readonly events: number;
  readonly links: number;
}

export interface JourneyEvent {
  /** The canonical profile. */
  readonly profile: ProfileId;
  readonly event: EventRecord;
}

/** A link without its evidence, which would cost a look-up each. */
export type CountedLink = Omit<LinkRecord, "evidence" | "evidenceAt">;

export interface Snapshot {
  readonly counts: SnapshotCounts;
  /** The rules by which people were derived; undefined where none ever were in force. */
  readonly rules: RulesRecord | undefined;
  /** Every canonical profile once, in the order in which their founders were first received. */
  profiles(): AsyncIterable<ProfileRecord>;
  /** Every event that is somebody's once: profile by profile, in that order, each in the order of its journey. */
  journeys(): AsyncIterable<JourneyEvent>;
  /** Every link once, by the end that was received first, then by the other. */
  links(): AsyncIterable<CountedLink>;
  close(): Promise<void>;
}
