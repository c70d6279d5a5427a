/** What the README tells people to write: every configuration in it is valid, and an editor takes it for valid. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { configJsonSchema } from "../schema/selfsame-schema.ts";
import { parseConfig } from "../src/config/config.ts";
import { presetNames, presetText } from "../src/config/presets.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml]) => yaml!);
/** Every variable is set, to something that is no secret of anybody's. */
const environment = new Proxy({}, { get: () => "known to the tests alone" });

const editor = z.fromJSONSchema(configJsonSchema() as z.core.JSONSchema.JSONSchema);
const isTaken = (yaml: string) => editor.safeParse(parse(yaml)).success;

describe("a configuration in the README", () => {
  test("there are some, of sources and of rules", () => {
    expect(examples.filter((yaml) => yaml.includes("sources:")).length).toBeGreaterThanOrEqual(4);
    expect(examples.some((yaml) => yaml.includes("identity:"))).toBe(true);
  });

  test.each(examples)("%s", (yaml) => {
    expect(() => parseConfig(yaml, "README.md", environment)).not.toThrow();
    expect(isTaken(yaml)).toBe(true);
  });
});

describe("what it says of presets", () => {
  // The pieces of configuration that stand within a sentence.
  test.each([
    "secret: a, verify: { toleranceSeconds: 60 }",
    "secret: a, identifiers: { phone: null }",
    "secret: a, identifiers: { user_id: null, shop_user_id: userId }",
    "secret: a, handshake: null, drop: null, traits: { name: null }",
    "verify: none, trust: claimed",
  ])("%s", (keys) => {
    const yaml = `sources: { chat: { preset: slack, ${keys} } }`;
    expect(() => parseConfig(yaml, "README.md", {})).not.toThrow();
    expect(isTaken(yaml)).toBe(true);
  });

  test.each([
    "presett: slack",
    "preset: slack, identifiers: { phone: 7 }",
    "preset: slack, verify: { toleranceSecond: 60 }",
    "preset: slack, verify: { scheme: hmac }",
    "preset: null",
  ])("the canary: an editor marks %s", (keys) => {
    expect(isTaken(`sources: { chat: { ${keys} } }`)).toBe(false);
  });
});

describe("the table of senders", () => {
  const senders = readme.split(/^## /m).find((section) => section.startsWith("Senders"))!;
  const rows = new Map(
    [...senders.matchAll(/^\| `([\w-]+)` \|(.*)\|$/gm)].map(([, name, row]) => [name!, row!]),
  );
  const cellsOf = (name: string) =>
    rows
      .get(name)!
      .split("|")
      .map((cell) => cell.trim());

  test.each(presetNames())("has %s, and says of it what its file says", (name) => {
    expect([...rows.keys()]).toContain(name);
    const [proof, handshake, , , toKnow] = cellsOf(name);
    const preset = parse(presetText(name)!) as Readonly<Record<string, unknown>>;
    const verify = JSON.stringify(preset["verify"] ?? "none");
    expect(toKnow!.includes("claimed")).toBe(preset["trust"] === "claimed");
    expect(toKnow!.includes("answered empty")).toBe(preset["respond"] === "empty");
    expect(toKnow!.includes("publicUrl")).toBe(/decodedUrl|"twilio"/.test(verify));
    expect(handshake !== "").toBe(preset["handshake"] !== undefined);
    expect(proof!.includes("HMAC")).toBe(verify.includes('"hmac"'));
    expect(proof!.includes("SHA-1")).toBe(verify.includes('"sha1"'));
    expect(proof!.includes("5 minutes")).toBe(/timestamp\}/.test(verify));
    expect(proof!.includes("Standard Webhooks")).toBe(verify.includes('"standard-webhooks"'));
    expect(/token/.test(proof!)).toBe(verify.includes('"token"'));
  });
});
