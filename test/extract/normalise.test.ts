import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identifierText } from "../../src/identity/identifier.ts";
import { normaliseIdentifier, type CountryCode } from "../../src/extract/normalise.ts";

function normalise(
  namespace: string,
  value: unknown,
  phoneCountry?: CountryCode,
): string | undefined {
  const result = normaliseIdentifier(namespace, value, () => undefined, {
    identifierBytesMax: 512,
    phoneCountry,
  });
  return "identifier" in result ? result.identifier.value : undefined;
}

describe("e-mail addresses", () => {
  test.each([
    ["Ann@Example.com", "ann@example.com"],
    ["  ann@example.com ", "ann@example.com"],
    ["mailto:ann@example.com", "ann@example.com"],
    ["Ann Example <ann@example.com>", "ann@example.com"],
    ["ann@MÜNCHEN.de", "ann@xn--mnchen-3ya.de"],
    ["ann@xn--mnchen-3ya.de", "ann@xn--mnchen-3ya.de"],
    ["ann@example.com.", "ann@example.com"],
    ["a.n.n+tag@gmail.com", "a.n.n+tag@gmail.com"],
    ["e\u0301@x.de", "\u00e9@x.de"],
    ["a@x", "a@x"],
    ['"a@b"@x.de', undefined],
    ["ann", undefined],
    ["@example.com", undefined],
    ["ann@", undefined],
    ["ann@exa mple.com", undefined],
    ["ann@a.com, bo@b.com", undefined],
    ["ann@a.com;bo@b.com", undefined],
    ["ann@a/b", undefined],
    ["ann@127.1", undefined],
    ["ann@[127.0.0.1]", undefined],
    [`${"a".repeat(250)}@x.de`, undefined],
    [42, undefined],
    // Found by the property below.
    ["-@0，", undefined],
    ["#@..", undefined],
    ["ann@example..com", undefined],
    ["ann@example.com.", "ann@example.com"],
    ["mailto:mailto:ann@example.com", "ann@example.com"],
  ])("%s becomes %s", (text, email) => expect(normalise("email", text)).toBe(email));

  test("normalising is idempotent", () => {
    const address = fc
      .tuple(
        fc.string({ unit: "grapheme", minLength: 1 }),
        fc.oneof(fc.domain(), fc.string({ unit: "grapheme" })),
      )
      .map((parts) => parts.join("@"));
    fc.assert(
      fc.property(fc.oneof(fc.emailAddress(), address), (text) => {
        const once = normalise("email", text);
        fc.pre(once !== undefined);
        expect(normalise("email", once)).toBe(once);
        expect(once).toBe(once.normalize("NFC").trim());
      }),
    );
  });

  test("a plain address is what it is behind mailto:, which is read the long way", () => {
    const label = fc.oneof(
      fc.constantFrom(
        "a",
        "B7",
        "7",
        "0x1f",
        "0x",
        "xn--mnchen-3ya",
        "XN--a",
        "a--b",
        "-a",
        "a-",
        "",
      ),
      fc.constantFrom("com", "a_b", "é", "ß", "\u212a", "a".repeat(64)),
      fc.stringMatching(/^[a-zA-Z0-9-]{1,5}$/),
    );
    const domain = fc
      .array(label, { minLength: 1, maxLength: 5 })
      .map((labels) => labels.join("."));
    const local = fc.oneof(
      fc.stringMatching(/^[\w.+'*:@-]{0,6}$/),
      fc.constantFrom("é", "e\u0301", "\u0130", "a".repeat(250)),
    );
    fc.assert(
      fc.property(local, domain, (before, after) => {
        const text = `${before}@${after}`;
        expect(normalise("email", text)).toBe(normalise("email", `mailto:${text}`));
      }),
      { numRuns: 3000 },
    );
  });

  test("no case of the letters makes another person", () => {
    fc.assert(
      fc.property(fc.emailAddress(), (text) => {
        expect(normalise("email", text.toUpperCase())).toBe(normalise("email", text));
      }),
    );
  });
});

describe("phone numbers", () => {
  test.each([
    ["+1 (650) 555-1212", undefined, "+16505551212"],
    ["(650) 555-1212", "US", "+16505551212"],
    ["(650) 555-1212", undefined, undefined],
    ["whatsapp:+14155238886", undefined, "+14155238886"],
    ["tel:+48-22-555-1234", undefined, "+48225551234"],
    ["+39 06 698 12345", undefined, "+390669812345"],
    ["12025550123", undefined, undefined],
    [16505551212, "US", "+16505551212"],
    ["12345", "US", undefined],
    ["call me", "US", undefined],
  ] as const)("%s (country %s) becomes %s", (text, country, phone) =>
    expect(normalise("phone", text, country)).toBe(phone),
  );
});

describe("every namespace", () => {
  test("other namespaces are compared exactly after trimming", () => {
    expect(normalise("chat", " U7 ")).toBe("U7");
    expect(normalise("chat", "u7")).toBe("u7");
  });

  test.each(["\ud800", "a\u0000b", "a\nb", "Jos\ufffd", "x".repeat(513), "é".repeat(257)])(
    "I8: %j is no id",
    (text) => expect(normalise("chat", text)).toBeUndefined(),
  );

  test("I8: no object, list, boolean or nothing is an id in any namespace", () => {
    const odd = fc.oneof(
      fc.object(),
      fc.array(fc.anything()),
      fc.boolean(),
      fc.constantFrom(null, undefined),
    );
    fc.assert(
      fc.property(fc.constantFrom("email", "phone", "chat"), odd, (namespace, value) => {
        expect(normalise(namespace, value)).toBeUndefined();
      }),
    );
  });

  test("I9: an identifier's text tells its namespace and value apart from every other's", () => {
    const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,5}$/);
    const identifier = fc.record({
      namespace: name,
      value: fc.string({ minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(identifier, identifier, (left, right) => {
        const same = left.namespace === right.namespace && left.value === right.value;
        expect(identifierText(left) === identifierText(right)).toBe(same);
      }),
    );
  });
});
