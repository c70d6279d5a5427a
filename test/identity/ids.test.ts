import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdScheme, isProfileId } from "../../src/identity/ids.ts";
import { ids } from "../support/ids.ts";

const identifier = { namespace: "email", value: "ann@example.com" };

describe("ids", () => {
  test("have a prefix and 26 characters that hold all of 128 bits", () => {
    expect(ids.profileId(identifier)).toMatch(/^pr_[0-9a-v]{26}$/);
    expect(ids.eventId("crm", "e1")).toMatch(/^ev_[0-9a-v]{26}$/);
    const all = createIdScheme(() => 2n ** 64n - 1n, [0n, 1n]);
    const none = createIdScheme(() => 0n, [0n, 1n]);
    expect(all.profileId(identifier)).toBe(`pr_${`f${"v".repeat(12)}`.repeat(2)}`);
    expect(none.profileId(identifier)).toBe(`pr_${"0".repeat(26)}`);
  });

  test("differ by seed, by text, by attempt and by kind", () => {
    const other = createIdScheme((text, seed) => BigInt(text.length) + seed, [7n, 8n]);
    const made = [
      ids.profileId(identifier),
      ids.profileId(identifier, 1),
      ids.profileId({ namespace: "email", value: "bo@example.com" }),
      ids.profileId({ namespace: "mail", value: "ann@example.com" }),
      other.profileId(identifier),
      ids.eventId("email", "ann@example.com").replace("ev_", "pr_"),
    ];
    expect(new Set(made).size).toBe(made.length);
  });

  test("of events tell source and key apart wherever the border lies", () => {
    const word = fc.stringMatching(/^[ab.-]{1,4}$/);
    fc.assert(
      fc.property(word, word, word, word, (source, key, otherSource, otherKey) => {
        const same = source === otherSource && key === otherKey;
        expect(ids.eventId(source, key) === ids.eventId(otherSource, otherKey)).toBe(same);
      }),
    );
  });

  test("are told by their form", () => {
    expect(isProfileId(ids.profileId(identifier))).toBe(true);
    for (const text of [
      "email:a@x",
      "pr_short",
      `pr_${"z".repeat(26)}`,
      ` ${ids.profileId(identifier)}`,
    ])
      expect(isProfileId(text)).toBe(false);
  });
});
