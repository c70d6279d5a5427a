/**
 * Signatures made with a shared key (HMAC): how they are written, and whether one of several was made with one of several
 * keys. It knows neither headers nor what is signed.
 */
import { createHmac, type KeyObject } from "node:crypto";
import type { HmacScheme } from "../../schema/verify-config.ts";
import { fingerprint, isAnyOf } from "./constant-time.ts";
import { refused, type Refusal } from "./scheme.ts";

/** How a sender signs and how it writes the signature down. */
export type MacForm = Pick<HmacScheme, "algorithm" | "encoding">;

const BYTES = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 } as const;

/** While a sender changes its secret it signs with the old and the new one; nobody has this many. */
const SIGNATURES_MAX = 16;

/**
 * Those of the texts that can be signatures, each as it reads whoever wrote it: hex in lower case, base64 without its
 * padding. They are compared as texts, so what decodes to the same bytes by way of characters that base64 does not have,
 * or of bits that it does not use, is not the same signature. `place` is where they stand, for the reason.
 */
export function readSignatures(
  texts: readonly string[],
  form: MacForm,
  place: string,
): readonly string[] | Refusal {
  if (texts.every((text) => text === "")) return refused(`${place} holds no signature`);
  if (texts.length > SIGNATURES_MAX)
    return refused(`${place} holds more than ${SIGNATURES_MAX} signatures`);
  const read = texts.map((text) => readSignature(text, form)).filter((text) => text !== undefined);
  if (read.length > 0) return read;
  const { algorithm, encoding } = form;
  return refused(
    `what ${place} holds is no signature: expected the ${encoding} of ${BYTES[algorithm]} bytes (${algorithm})`,
  );
}

function readSignature(text: string, { algorithm, encoding }: MacForm): string | undefined {
  const bytes = BYTES[algorithm];
  const characters = encoding === "hex" ? bytes * 2 : Math.ceil((bytes * 4) / 3);
  // Two characters of padding at most; the expressions below see nothing longer.
  if (text.length > characters + 2) return undefined;
  const plain = encoding === "hex" ? text.toLowerCase() : text.replace(/={1,2}$/, "");
  return plain.length === characters && ALPHABETS[encoding].test(plain) ? plain : undefined;
}

const ALPHABETS = {
  hex: /^[0-9a-f]*$/,
  base64: /^[A-Za-z0-9+/]*$/,
  base64url: /^[A-Za-z0-9_-]*$/,
} as const;

/** Whether any of the signatures, as read above, is the message's with any of the keys; all are compared. */
export function isSignedWithAny(
  keys: readonly KeyObject[],
  message: readonly (string | Uint8Array)[],
  signatures: readonly string[],
  form: MacForm,
): boolean {
  const expected = keys.map((key) => fingerprint(signatureOf(key, message, form)));
  return isAnyOf(
    signatures.map((text) => fingerprint(text)),
    expected,
  );
}

function signatureOf(
  key: KeyObject,
  message: readonly (string | Uint8Array)[],
  { algorithm, encoding }: MacForm,
): string {
  const mac = createHmac(algorithm, key);
  for (const part of message) mac.update(part);
  return mac.digest(encoding).replace(/={1,2}$/, "");
}
