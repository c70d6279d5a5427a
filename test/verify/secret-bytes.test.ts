import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Bytes, hmacKey, keysOf, misfitsOf } from "../../src/verify/secret-bytes.ts";

test("base64 is read with its padding and without", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      expect(base64Bytes(text)).toEqual(Buffer.from(bytes));
      expect(base64Bytes(text.replaceAll("=", ""))).toEqual(Buffer.from(bytes));
    }),
  );
});

test.each(["", "=", "a", "abcde", "ab=", "abc==", "ab=c", "ab c", "ab_-", "abcd\n", "äöüß"])(
  "%j is no base64",
  (text) => expect(base64Bytes(text)).toBeUndefined(),
);

test.each([
  ["c3Vu", "text", "c3Vu"],
  ["73756E", "hex", "sun"],
  ["c3Vu", "base64", "sun"],
] as const)("%s as %s is the key %s", (secret, encoding, key) => {
  const [read] = keysOf([hmacKey(secret, encoding)]);
  expect(read?.export().toString()).toBe(key);
});

test.each([
  ["c3Vu!", "base64"],
  ["736", "hex"],
  ["73zz", "hex"],
] as const)("%s is not %s, and the reason does not say what it is", (secret, encoding) => {
  const reading = hmacKey(secret, encoding);
  expect(keysOf([reading])).toEqual([]);
  const [misfit] = misfitsOf([reading]);
  expect(misfit).toContain(`not ${encoding}`);
  expect(misfit).not.toContain(secret);
});
