/** Presets: how a source and its preset become one, and what is told where they cannot. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ConfigError } from "../../src/config/config-text.ts";
import { parseConfig } from "../../src/config/config.ts";
import { expandPreset, presetNames, presetText, unknownPreset } from "../../src/config/presets.ts";

function faultsOf(yaml: string): string {
  try {
    parseConfig(yaml, "selfsame.yaml", { KEY: "s3cret" });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "valid";
}

type Raw = Readonly<Record<string, unknown>>;

function expanded(source: Raw): Raw {
  const result = expandPreset(source);
  if ("fault" in result) throw new Error(result.fault);
  return result.source as Raw;
}

const presetOf = (name: string) => parse(presetText(name)!) as Raw;

describe("a source and its preset", () => {
  test("a source alone has all of it", () => {
    expect(expanded({ preset: "stripe" })).toEqual({ preset: "stripe", ...presetOf("stripe") });
  });

  test("each key of the source replaces the preset's", () => {
    const source = expanded({ preset: "stripe", eventId: "mine", respond: "full" });
    expect(source).toMatchObject({ eventId: "mine", respond: "full", eventType: "type" });
  });

  test("identifiers and traits entry by entry", () => {
    const source = expanded({
      preset: "segment",
      identifiers: { user_id: null, shop_user_id: "userId" },
      traits: { plan: "traits.plan" },
    });
    const { identifiers, traits } = presetOf("segment") as Record<string, Raw>;
    const { user_id: _, ...others } = identifiers!;
    expect(source["identifiers"]).toEqual({ ...others, shop_user_id: "userId" });
    expect(source["traits"]).toEqual({ ...traits, plan: "traits.plan" });
  });

  test("verify without a scheme key by key, with one as a whole", () => {
    const verify = presetOf("slack")["verify"] as Raw;
    const changed = expanded({ preset: "slack", verify: { toleranceSeconds: 60, prefix: null } });
    const { prefix: _, ...others } = verify;
    expect(changed["verify"]).toEqual({ ...others, toleranceSeconds: 60 });
    const other = { scheme: "token", in: "path" };
    expect(expanded({ preset: "slack", verify: other })["verify"]).toEqual(other);
    expect(expanded({ preset: "slack", verify: "none" })["verify"]).toBe("none");
  });

  test("null takes away what the preset says", () => {
    const source = expanded({ preset: "slack", handshake: null, identifiers: null });
    for (const key of ["handshake", "identifiers"]) expect(source).not.toHaveProperty(key);
    expect(source).toHaveProperty("eventId");
  });

  test("what names no preset stays as it was", () => {
    const anything = fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(anything, (written) => {
        fc.pre(typeof (written as Raw | null)?.["preset"] !== "string");
        expect(expandPreset(written)).toEqual({ source: written });
      }),
    );
  });

  test("no name leads out of the folder", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!presetNames().includes(text));
        expect(presetText(text)).toBeUndefined();
      }),
    );
    expect(presetText("../../../package")).toBeUndefined();
    expect(presetText("stripe")).toContain("Stripe-Signature");
  });
});

describe("faults name file, line, path and fix", () => {
  test.each([
    [
      "sources:\n  pay:\n    preset: strpe",
      'selfsame.yaml:3: sources.pay.preset: there is no preset "strpe"; did you mean stripe?; known are auth0, calendly',
    ],
    [
      "sources:\n  pay: { preset: stripe }",
      'selfsame.yaml:2: sources.pay.secret: stripe signs what it sends: set secret: "${…}", or verify: none to let anybody post',
    ],
    [
      // Left blank it must not open the source to everybody.
      "sources:\n  pay:\n    preset: stripe\n    verify:",
      "selfsame.yaml:4: sources.pay.verify: expected { scheme: … }, a list of such, or none",
    ],
    [
      "sources:\n  log: { preset: auth0 }",
      'selfsame.yaml:2: sources.log.secret: auth0 sends a token along: set secret: "${…}"',
    ],
    [
      "sources:\n  own: { verify: { scheme: token, in: path } }",
      "selfsame.yaml:2: sources.own.secret: own sends a token along",
    ],
    [
      'sources:\n  own:\n    secret: "${KEY}"',
      "selfsame.yaml:3: sources.own.secret: nothing would check the secret",
    ],
    [
      'sources:\n  pay:\n    preset: stripe\n    verify: none\n    secret: "${KEY}"',
      "selfsame.yaml:5: sources.pay.secret: nothing would check the secret",
    ],
    [
      'sources:\n  pay:\n    preset: stripe\n    secret: "${KEY}"\n    eventTyp: a',
      "selfsame.yaml:5: sources.pay.eventTyp: unknown key; did you mean eventType?",
    ],
    [
      'sources:\n  pay:\n    preset: stripe\n    secret: "${KEY}"\n    traits:\n      name: a..b',
      'selfsame.yaml:6: sources.pay.traits.name: "a..b" is not a path',
    ],
    ["sources:\n  pay:\n    preset: 7", "selfsame.yaml:3: sources.pay.preset: expected a string"],
  ])("%j", (yaml, message) => expect(faultsOf(yaml)).toContain(message));

  test("an unknown preset is told beside the faults of others, and no secret in any", () => {
    const faults = faultsOf(
      'sources:\n  a: { preset: slak, secret: "${KEY}" }\n  b: { respond: loud }\n  c: { preset: tally }',
    ).split("\n");
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toContain("s3cret");
  });

  test.each([
    'sources: { pay: { preset: stripe, secret: "${KEY}" } }',
    'sources: { pay: { preset: stripe, secret: ["${KEY}", "another"] } }',
    "sources: { pay: { preset: stripe, verify: none } }",
    "sources: { form: { preset: html-form } }",
    "sources: { any: { preset: generic } }",
    'sources: { any: { preset: generic, verify: { scheme: token, in: header }, secret: "${KEY}" } }',
    // Of the two ways in which GitLab and Supabase prove themselves the secret fits one alone.
    "sources: { code: { preset: gitlab, secret: plain_token-1 }, rows: { preset: supabase, secret: plain_token-1 } }",
    // The answer to the handshake is made with the secret.
    'sources: { calls: { preset: zoom, verify: none, secret: "${KEY}" } }',
  ])("%s is valid", (yaml) => expect(faultsOf(yaml)).toBe("valid"));

  test("what is like no preset gets no suggestion", () => {
    expect(unknownPreset("xyzzyxyzzy")).not.toContain("did you mean");
  });
});
