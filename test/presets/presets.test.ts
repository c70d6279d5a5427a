/** The known senders: what each of them really sends is taken in as its preset's file says, and proves itself. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { presetDescription, presetNames, presetText } from "../../src/config/presets.ts";
import { formatTime } from "../../src/extract/time.ts";
import { identifierText } from "../../src/identity/identifier.ts";
import { takeIn, type Delivery, type Intent } from "../../src/intake.ts";
import { compileVerifier } from "../../src/verify/compile.ts";
import type { SignedRequest } from "../../src/verify/verifier.ts";
import { readFixtures, withoutFixture, type ExpectedEvent, type Fixture } from "./fixture.ts";
import { PUBLIC_URL, schemesOf, SECRET, settingsWith, sourceOf } from "./preset-source.ts";
import { sign, type Signed } from "./sign.ts";

const names = presetNames();
const fixtures = readFixtures();
const RECEIVED = Date.parse("2026-01-02T00:00:00Z");

describe("every preset", () => {
  test("there are as many as are promised, and each was recorded at least once", () => {
    expect(names.length).toBeGreaterThanOrEqual(26);
    expect(withoutFixture(names, fixtures)).toEqual([]);
  });

  test("the canary: a preset without a recorded delivery is found, and so is a recording of none", () => {
    expect(withoutFixture([...names, "planted"], fixtures)).toEqual(["planted"]);
    for (const { preset } of fixtures) expect(names).toContain(preset);
  });

  test.each(names)("%s is valid, says what it is for and where that is from", (name) => {
    expect(settingsWith(name).warnings).toEqual([]);
    const text = presetText(name)!;
    expect(presetDescription(text)).toMatch(/\w.+\.$/);
    if (!["html-form", "generic"].includes(name)) expect(text).toMatch(/^# .*https:\/\//m);
  });
});

function deliveryOf(fixture: Fixture): Delivery {
  return {
    id: "dl_1",
    source: sourceOf(fixture.preset),
    receivedAt: RECEIVED,
    urlEventType: undefined,
    contentType: fixture.contentType,
    headers: fixture.headers,
    query: new URL(fixture.target, PUBLIC_URL).searchParams,
    body: fixture.body,
  };
}

function take(fixture: Fixture, body = fixture.body): readonly Intent[] {
  const intake = takeIn({ ...deliveryOf(fixture), body }, (text) =>
    createHash("sha256").update(text).digest("base64url"),
  );
  if ("fault" in intake) throw new Error(intake.fault.detail);
  return intake.intents;
}

function seen(intent: Intent): ExpectedEvent | { readonly becomes: string } {
  if (intent.kind === "drop") return { becomes: "dropped" };
  if (intent.kind === "quarantine") return { becomes: `quarantined: ${intent.event.reason}` };
  const { event } = intent;
  return {
    becomes: event.home === null ? "anonymous" : "accepted",
    type: event.type,
    id: event.key.replace(/^sha256:.*$/s, "sha256"),
    occurredAt: event.timeGiven ? formatTime(event.occurredAt) : null,
    home: event.home === null ? null : identifierText(event.home),
    others: event.others.map(identifierText),
    traits: Object.fromEntries(
      event.traits.map(({ name, value }) => [name, JSON.parse(value) as unknown]),
    ),
  };
}

describe("what the senders send", () => {
  test.each(fixtures)("$preset: $name", (fixture) => {
    expect(take(fixture).map(seen)).toEqual(fixture.events);
  });

  test("HubSpot counts its attempts, and the event stays the same", () => {
    const fixture = fixtures.find(({ preset }) => preset === "hubspot")!;
    const again = fixture.body.toString().replaceAll('"attemptNumber":0', '"attemptNumber":3');
    expect(again).not.toBe(fixture.body.toString());
    expect(take(fixture, Buffer.from(again)).map(seen)).toEqual(fixture.events);
  });
});

describe("how the senders prove themselves", () => {
  const proofs = fixtures.flatMap((fixture) =>
    schemesOf(fixture.preset).map((scheme) => ({ ...fixture, fixture, scheme })),
  );
  const now = Date.now();

  function requestOf(fixture: Fixture, { target, headers }: Signed): SignedRequest {
    const url = new URL(target, PUBLIC_URL);
    const [, , , token] = url.pathname.split("/");
    return {
      method: fixture.method,
      url: url.href,
      contentType: fixture.contentType,
      headers: new Map([
        ...fixture.headers,
        ...Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
      ]),
      query: url.searchParams,
      pathToken: token === undefined ? undefined : decodeURIComponent(token),
      body: fixture.body,
    };
  }

  function verifierOf(preset: string, secret: string) {
    const compiled = compileVerifier(schemesOf(preset), [secret], { hasPublicUrl: true });
    if ("faults" in compiled) throw new Error(compiled.faults[0]!.message);
    return compiled.verifier;
  }

  test.each(proofs)("$preset: $name, by $scheme.scheme", ({ fixture, scheme }) => {
    const signed = sign(scheme, SECRET, { ...fixture, origin: PUBLIC_URL }, now);
    const request = requestOf(fixture, signed);
    const verifier = verifierOf(fixture.preset, SECRET);
    expect(verifier.verify(request, now)).toEqual({ verified: true });
    expect(verifier.verify(requestOf(fixture, { ...signed, headers: {} }), now).verified).toBe(
      signed.target !== fixture.target,
    );
    const other = verifierOf(fixture.preset, `${SECRET.slice(0, -4)}AAAA`);
    expect(other.verify(request, now).verified).toBe(false);
    if (scheme.scheme === "token") return;
    const changed = Buffer.concat([fixture.body, Buffer.from("&x=1")]);
    expect(verifier.verify({ ...request, body: changed }, now).verified).toBe(false);
  });

  test("every scheme that there is, is some sender's", () => {
    const kinds = new Set(proofs.map(({ scheme }) => scheme.scheme));
    expect([...kinds].toSorted()).toEqual(["hmac", "standard-webhooks", "token", "twilio"]);
  });
});
