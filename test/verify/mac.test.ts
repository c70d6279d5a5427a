import { createHmac, createSecretKey } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSignedWithAny, readSignatures, type MacForm } from "../../src/verify/mac.ts";

const FORMS = (["sha1", "sha256", "sha384", "sha512"] as const).flatMap((algorithm) =>
  (["hex", "base64", "base64url"] as const).map((encoding): MacForm => ({ algorithm, encoding })),
);
const PLACE = "the header X";

function signature(secret: string, message: string, { algorithm, encoding }: MacForm): string {
  return createHmac(algorithm, secret).update(message).digest(encoding);
}

function keyOf(secret: string) {
  return createSecretKey(Buffer.from(secret));
}

test.each(FORMS)("$algorithm in $encoding is read, and is its message's alone", (form) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (message, other) => {
      const read = readSignatures([signature("secret", message, form)], form, PLACE) as string[];
      expect(read).toHaveLength(1);
      expect(isSignedWithAny([keyOf("secret")], [message], read, form)).toBe(true);
      expect(isSignedWithAny([keyOf("secret")], [other], read, form)).toBe(other === message);
      expect(isSignedWithAny([keyOf("Secret")], [message], read, form)).toBe(false);
    }),
  );
});

test("the message is its pieces one after the other, text or bytes", () => {
  const form = FORMS[0]!;
  const read = [signature("secret", "1.ä", form)];
  const pieces = ["1", ".", Buffer.from("ä")];
  expect(isSignedWithAny([keyOf("secret")], pieces, read, form)).toBe(true);
});

test("any signature with any key will do, wherever it stands", () => {
  const form: MacForm = { algorithm: "sha256", encoding: "hex" };
  const keys = ["old", "new"].map(keyOf);
  const wrong = signature("other", "message", form);
  for (const secret of ["old", "new"]) {
    const right = signature(secret, "message", form);
    expect(isSignedWithAny(keys, ["message"], [right, wrong], form)).toBe(true);
    expect(isSignedWithAny(keys, ["message"], [wrong, right], form)).toBe(true);
  }
  expect(isSignedWithAny(keys, ["message"], [wrong], form)).toBe(false);
  expect(isSignedWithAny([], ["message"], [wrong], form)).toBe(false);
});

test("hex is read in either case, base64 without its padding", () => {
  const hex = signature("s", "m", { algorithm: "sha256", encoding: "hex" });
  expect(
    readSignatures([hex.toUpperCase()], { algorithm: "sha256", encoding: "hex" }, PLACE),
  ).toEqual([hex]);
  const form: MacForm = { algorithm: "sha256", encoding: "base64" };
  const base64 = signature("s", "m", form);
  expect(base64).toMatch(/=$/);
  expect(readSignatures([base64.slice(0, -1)], form, PLACE)).toEqual([base64.slice(0, -1)]);
  expect(readSignatures([base64], form, PLACE)).toEqual([base64.slice(0, -1)]);
});

test("base64 whose unused bits are set decodes to the same bytes and is not the same signature", () => {
  const form: MacForm = { algorithm: "sha256", encoding: "base64" };
  const right = signature("s", "m", form);
  const last = right.at(-2)!;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const twin = `${right.slice(0, -2)}${alphabet[alphabet.indexOf(last) + 1]!}=`;
  expect(Buffer.from(twin, "base64")).toEqual(Buffer.from(right, "base64"));
  const read = readSignatures([twin], form, PLACE) as string[];
  expect(isSignedWithAny([keyOf("s")], ["m"], read, form)).toBe(false);
});

test.each([
  [[""], "the header X holds no signature"],
  [[], "the header X holds no signature"],
  [Array.from({ length: 17 }, () => "a".repeat(64)), "the header X holds more than 16 signatures"],
  [["abc"], "is no signature: expected the hex of 32 bytes (sha256)"],
  [["g".repeat(64)], "is no signature: expected the hex of 32 bytes (sha256)"],
  [["ﬀ".repeat(64)], "is no signature: expected the hex of 32 bytes (sha256)"],
  [["a".repeat(100_000)], "is no signature: expected the hex of 32 bytes (sha256)"],
])("%#: no signature", (texts, reason) => {
  const read = readSignatures(texts, { algorithm: "sha256", encoding: "hex" }, PLACE);
  expect(read).toMatchObject({ reason: expect.stringContaining(reason) });
});

test("what is no signature is passed over where another is one", () => {
  const hex = "a".repeat(64);
  const form: MacForm = { algorithm: "sha256", encoding: "hex" };
  expect(readSignatures(["", "fake", hex], form, PLACE)).toEqual([hex]);
});
