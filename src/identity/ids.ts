/**
 * Ids that every process and every retry computes alike without asking anybody: two 64-bit hashes with two secret
 * seeds that the database keeps, so that an id gives no e-mail address away. The text, never the hash, decides
 * equality: where an id turns out to be taken by another text, the caller asks for the next `attempt`.
 */
import { identifierText } from "./identifier.ts";
import type { EventId, Identifier, ProfileId } from "./types.ts";

/** A 64-bit hash of the UTF-8 of a text, such as xxHash64. */
export type Hash64 = (text: string, seed: bigint) => bigint;

export type Seeds = readonly [bigint, bigint];

export interface IdScheme {
  /** The provisional profile's id of a normalised identifier. `attempt` above 0 steps past a taken id. */
  readonly profileId: (identifier: Identifier, attempt?: number) => ProfileId;
  /** The id of the event that a source calls `key`. */
  readonly eventId: (source: string, key: string, attempt?: number) => EventId;
}

// 64 bits fill 13 characters of base 32, of which the first holds 4 bits.
const CHARACTERS_PER_HASH = 13;

function encode(hash: bigint): string {
  return hash.toString(32).padStart(CHARACTERS_PER_HASH, "0");
}

export function createIdScheme(hash: Hash64, seeds: Seeds): IdScheme {
  const digest = (text: string) => encode(hash(text, seeds[0])) + encode(hash(text, seeds[1]));
  // NUL stands in no normalised identifier, source name or usable key, so the parts cannot run into each other.
  const suffix = (attempt: number) => (attempt === 0 ? "" : `\0${attempt}`);
  return {
    profileId: (identifier, attempt = 0) =>
      `pr_${digest(identifierText(identifier) + suffix(attempt))}`,
    eventId: (source, key, attempt = 0) => `ev_${digest(`${source}\0${key}${suffix(attempt)}`)}`,
  };
}

const PROFILE_ID = /^pr_[0-9a-v]{26}$/;

/** Whether a text has the form of a profile id; it says nothing of whether anybody has that id. */
export function isProfileId(text: string): boolean {
  return PROFILE_ID.test(text);
}
