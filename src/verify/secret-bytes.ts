/** From secrets as they are written to the keys they stand for. A secret is never quoted, not even a wrong one. */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { HmacScheme } from "../../schema/verify-config.ts";

/** Undefined for what is no base64 (RFC 4648, section 4). Padding may be left out, but not be wrong. */
export function base64Bytes(text: string): Buffer | undefined {
  const match = /^([A-Za-z0-9+/]+)(={0,2})$/.exec(text);
  if (match === null) return undefined;
  const isWhole = match[2] === "" ? match[1]!.length % 4 !== 1 : text.length % 4 === 0;
  return isWhole ? Buffer.from(text, "base64") : undefined;
}

/** A key, or the words that say why the secret is none. */
export type KeyReading = { readonly key: KeyObject } | { readonly misfit: string };

export function keyOf(bytes: Uint8Array): KeyReading {
  return { key: createSecretKey(bytes) };
}

export function hmacKey(secret: string, encoding: HmacScheme["secretEncoding"]): KeyReading {
  switch (encoding) {
    case "text":
      return keyOf(Buffer.from(secret));
    case "hex":
      return /^([0-9a-f]{2})+$/i.test(secret)
        ? keyOf(Buffer.from(secret, "hex"))
        : { misfit: `it is not hex, as secretEncoding says: ${REMEDY}` };
    case "base64": {
      const bytes = base64Bytes(secret);
      return bytes === undefined
        ? { misfit: `it is not base64, as secretEncoding says: ${REMEDY}` }
        : keyOf(bytes);
    }
  }
}

const REMEDY =
  "copy it whole from the sender, or leave secretEncoding out where the sender signs with the secret as it is written";

export function keysOf(readings: readonly KeyReading[]): KeyObject[] {
  return readings.flatMap((reading) => ("key" in reading ? [reading.key] : []));
}

export function misfitsOf(readings: readonly KeyReading[]): (string | undefined)[] {
  return readings.map((reading) => ("misfit" in reading ? reading.misfit : undefined));
}
