/** What the known senders send, posted to the service as they would: believed, known again, and nobody taken for another. */
import { describe, expect, test } from "vitest";
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { presetNames } from "../../src/config/presets.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { readFixtures, type Fixture } from "./fixture.ts";
import { configOf, PUBLIC_URL, schemesOf, SECRET } from "./preset-source.ts";
import { sign, type Signed } from "./sign.ts";

const NOW = Date.UTC(2026, 0, 2);
const clock = () => NOW;
const fixtures = readFixtures();

function post(app: TestApp, fixture: Fixture, { target, headers }: Signed): Promise<Response> {
  // The time that a recording was signed at gives way to now.
  const signed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const sent = Object.fromEntries([...fixture.headers, ...signed]) as Record<string, string>;
  const init = { method: fixture.method, headers: sent, body: new Uint8Array(fixture.body) };
  return app.send(target, init);
}

function signedBy(scheme: VerifyScheme | undefined, fixture: Fixture): Signed {
  if (scheme === undefined) return { target: fixture.target, headers: {} };
  return sign(scheme, SECRET, { ...fixture, origin: PUBLIC_URL }, NOW);
}

async function outcomes(response: Response): Promise<readonly string[]> {
  expect(response.status).toBe(200);
  const { events } = (await response.json()) as { readonly events: readonly EventReceipt[] };
  return events.map(({ outcome }) => outcome);
}

describe("each delivery, signed as its sender signs", () => {
  const deliveries = fixtures.flatMap((fixture) => {
    const schemes = schemesOf(fixture.preset);
    const ways = schemes.length === 0 ? [undefined] : schemes;
    return ways.map((scheme) => ({ ...fixture, fixture, scheme, by: scheme?.scheme ?? "nothing" }));
  });

  test.each(deliveries)("$preset: $name, by $by", async ({ fixture, scheme }) => {
    const app = await openTestApp(configOf([fixture.preset], { respond: "receipt" }), { clock });
    const signed = signedBy(scheme, fixture);
    const first = fixture.events.map(({ becomes }) => becomes);
    if (scheme !== undefined) {
      const unsigned = await post(app, fixture, { target: fixture.target, headers: {} });
      expect(unsigned.status).toBe(401);
    }
    expect(await outcomes(await post(app, fixture, signed))).toEqual(first);
    // Told again it is known again, and what is dropped is dropped.
    expect(await outcomes(await post(app, fixture, signed))).toEqual(
      first.map((becomes) => (becomes === "dropped" ? becomes : "duplicate")),
    );
    for (const event of fixture.events) {
      if (event.becomes !== "accepted" || event.home === null) continue;
      const found = await app.send(`/v1/profiles/${encodeURIComponent(event.home)}`);
      expect(found.status).toBe(200);
    }
  });
});

test("an answer that its sender would show or obey is empty", async () => {
  for (const preset of ["slack-interactive", "twilio"]) {
    const app = await openTestApp(configOf([preset]), { clock });
    const fixture = fixtures.find((candidate) => candidate.preset === preset)!;
    const response = await post(app, fixture, signedBy(schemesOf(preset)[0], fixture));
    expect([response.status, await response.text()]).toEqual([200, ""]);
  }
});

/** The people in the recordings, by what stands before the @ of their addresses. */
const PEOPLE = new Map([
  ["ann", "Ann"],
  ["ann.lee", "Ann"],
  ["bob", "Bob"],
  ["cleo", "Cleo"],
  ["dan", "Dan"],
]);

interface Found {
  /** Of one profile: whose addresses it holds. */
  readonly owners: readonly string[];
  readonly strangers: readonly string[];
}

/** Everything recorded to one service, and then whom it takes for whom, by every address that stands in a body. */
async function whoIsWho(own: object = {}): Promise<Found> {
  const app = await openTestApp(configOf(presetNames(), own), { clock });
  const texts = [];
  for (const fixture of fixtures) {
    const [scheme] = schemesOf(fixture.preset);
    expect((await post(app, fixture, signedBy(scheme, fixture))).status).toBe(200);
    texts.push(fixture.body.toString().replaceAll("%40", "@"));
  }
  const addresses = new Set(
    texts.flatMap((text) => text.toLowerCase().match(/[a-z.]+@example\.(com|org)/g) ?? []),
  );
  const owners = new Set<string>();
  const strangers: string[] = [];
  for (const address of addresses) {
    const response = await app.send(`/v1/profiles/email:${encodeURIComponent(address)}`);
    if (response.status === 404) continue;
    const { identifiers } = (await response.json()) as {
      readonly identifiers: readonly { readonly namespace: string; readonly value: string }[];
    };
    const emails = identifiers.filter(({ namespace }) => namespace === "email");
    const named = emails.map(({ value }) => value.split("@")[0]!);
    strangers.push(...named.filter((name) => !PEOPLE.has(name)));
    owners.add(
      [...new Set(named.map((name) => PEOPLE.get(name) ?? name))].toSorted().join(" and "),
    );
  }
  return { owners: [...owners].toSorted(), strangers: [...new Set(strangers)].toSorted() };
}

describe("all of them to one service", () => {
  test("nobody is taken for another, and no address of an office, a host or a friend is anybody's", async () => {
    const { owners, strangers } = await whoIsWho();
    expect(owners).toEqual(["Ann", "Bob", "Cleo", "Dan"]);
    expect(strangers).toEqual([]);
  });

  test("the canary: a preset that took the host for the guest would be found", async () => {
    const own = { replaceProfileId: "payload.object.host_id" };
    expect((await whoIsWho(own)).owners.some((owner) => owner.includes(" and "))).toBe(true);
  });

  test("the canary: a preset that took any address would be found", async () => {
    const own = { identifiers: { email: "$..[?match(@, '[a-z.]+@example[.](com|org)')]" } };
    expect((await whoIsWho(own)).strangers).not.toEqual([]);
  });
});
