/**
 * Histories: what questions over everybody are answered from. One person at a time, once each whatever was merged, with
 * those of their events that a question asks for, in the order of the journey.
 */
import type { Milliseconds, ProfileId } from "../identity/types.ts";

/**
 * Called now and then, between steps that take no longer than a fraction of a millisecond or so. Where it returns a promise,
 * that is to be waited for; where it throws, what is under way is given up.
 */
export type Pause = () => Promise<void> | undefined;

export interface HistoryRequest {
  /** Only events of these types. Default: of all. */
  readonly types?: readonly string[] | undefined;
  /** Only events of these sources. Default: of all. */
  readonly sources?: readonly string[] | undefined;
  /** Only events that occurred at or after. */
  readonly from?: Milliseconds | undefined;
  /** Only events that occurred before. */
  readonly to?: Milliseconds | undefined;
  /** The names of traits that are asked for. Default: none. */
  readonly traits?: readonly string[] | undefined;
}

export interface HistoryEvent {
  readonly at: Milliseconds;
  readonly source: string;
  readonly type: string;
  /** Reads the event's text; to be called before the next person is asked for, and where it is needed only. */
  payload(): string;
}

export interface History {
  readonly profile: ProfileId;
  /** The canonical ones of the traits asked for, as JSON texts, by name. */
  readonly traits: ReadonlyMap<string, string>;
  /** By time, then source, then the sender's key; at least one. */
  readonly events: readonly HistoryEvent[];
}
