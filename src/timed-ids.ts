/**
 * Ids of what came at a time: a prefix and 26 characters, the time first, so that ids sort by it, then 80 random bits.
 * Knows nothing of what is called by them. Randomness is drawn for many ids at once: to ask the system for it costs many
 * times what the rest of an id does. None of it is used twice.
 */
import { randomFillSync } from "node:crypto";
import type { Milliseconds } from "./identity/types.ts";

const ALPHABET = Buffer.from("0123456789abcdefghijklmnopqrstuv");
const TIME_CHARACTERS = 10;
/** Of 5 bits each. */
const RANDOM_CHARACTERS = 16;
const IDS_DRAWN_AT_ONCE = 512;

export type NewId = (prefix: "dl" | "dc" | "er", at: Milliseconds) => string;

/** `fill` puts random bytes into all of what it is given. Default: the system's, fit for secrets. */
export function createNewId(
  fill: (bytes: Uint8Array) => unknown = (bytes) => randomFillSync(bytes),
): NewId {
  let random = "";
  let used = 0;
  const draw = () => {
    if (used === random.length) {
      random = drawCharacters(RANDOM_CHARACTERS * IDS_DRAWN_AT_ONCE, fill);
      used = 0;
    }
    return random.slice(used, (used += RANDOM_CHARACTERS));
  };
  let lastAt = Number.NaN;
  let lastTime = "";
  return (prefix, at) => {
    // Many come within one millisecond.
    if (at !== lastAt) {
      lastTime = at.toString(32).padStart(TIME_CHARACTERS, "0");
      lastAt = at;
    }
    return `${prefix}_${lastTime}${draw()}`;
  };
}

/** A byte a character, of which five bits count: 32 divides 256, so each is as likely as any other. */
function drawCharacters(count: number, fill: (bytes: Uint8Array) => unknown): string {
  const bytes = Buffer.alloc(count);
  fill(bytes);
  for (let at = 0; at < count; at++) bytes[at] = ALPHABET[bytes[at]! % ALPHABET.length]!;
  return bytes.toString("latin1");
}
