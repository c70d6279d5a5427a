/**
 * Comparing what was given with what was expected so that the time it takes tells nothing: neither where two texts begin
 * to differ, nor how long the expected one is, nor which of several it was.
 */
import { createHash, timingSafeEqual } from "node:crypto";

/** Of one length, whatever it was made of. Made of a secret once, so that its length does not show in the time either. */
export function fingerprint(value: string | Uint8Array): Uint8Array {
  return createHash("sha256").update(value).digest();
}

/** Whether any of the given is any of the expected; each is compared with each, also after one was found. */
export function isAnyOf(given: readonly Uint8Array[], expected: readonly Uint8Array[]): boolean {
  let found = 0;
  for (const one of given)
    for (const other of expected) found |= Number(timingSafeEqual(one, other));
  return found === 1;
}
