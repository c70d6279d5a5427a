/** What the known senders send, posted to the service as they would: believed, known again, and nobody taken for another. */
import { describe, expect, test } from "vitest";
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { presetNames } from "../../src/config/presets.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { readFixtures, type Fixture } from "./fixture.ts";
import { configOf, PUBLIC_URL, schemesOf, SECRET } from "./preset-source.ts";
import { sign, type Signed } from "./sign.ts";

interface Stats {
  readonly received: { readonly deliveries: number; readonly events: number };
  readonly outcomes: readonly { readonly outcome: string }[];
  readonly profiles: number;
}

const NOW = Date.UTC(2026, 0, 2);
const clock = () => NOW;
const fixtures = readFixtures();

interface Sent {
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function sentAs(fixture: Fixture, { target, headers }: Signed): Sent {
  // The time that a recording was signed at gives way to the one it is signed at now.
  const signed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const all = Object.fromEntries([...fixture.headers, ...signed]) as Record<string, string>;
  return { target, headers: all, body: fixture.body };
}

async function send(app: TestApp, { target, headers, body }: Sent): Promise<Response> {
  return app.send(target, { method: "POST", headers, body: new Uint8Array(body) });
}

function post(app: TestApp, fixture: Fixture, signed: Signed): Promise<Response> {
  return send(app, sentAs(fixture, signed));
}

function signedBy(scheme: VerifyScheme | undefined, fixture: Fixture, now = NOW): Signed {
  if (scheme === undefined) return { target: fixture.target, headers: {} };
  return sign(scheme, SECRET, { ...fixture, origin: PUBLIC_URL }, now);
}

/** Every way in which a delivery that is signed right can be just not right, by what is wrong with it. */
function forgeries(scheme: VerifyScheme, fixture: Fixture): ReadonlyMap<string, Sent> {
  const signed = signedBy(scheme, fixture);
  const right = sentAs(fixture, signed);
  const wrong = new Map<string, Sent>();
  if (scheme.scheme === "token") {
    // Nothing of the body is signed, so the bit is one of the token.
    const other = sign(scheme, bitChanged(SECRET), { ...fixture, origin: PUBLIC_URL }, NOW);
    wrong.set("one bit of the token changed", sentAs(fixture, other));
    wrong.set("no token", sentAs(fixture, { target: fixture.target, headers: {} }));
  } else {
    wrong.set("the first bit changed", { ...right, body: withBit(right.body, 0) });
    wrong.set("the last bit changed", {
      ...right,
      body: withBit(right.body, right.body.length - 1),
    });
  }
  for (const name of Object.keys(signed.headers)) {
    const { [name.toLowerCase()]: _, ...headers } = right.headers;
    wrong.set(`without ${name}`, { ...right, headers });
  }
  if (!signsTime(scheme)) return wrong;
  const beyond = (scheme.toleranceSeconds + 1) * 1000;
  wrong.set("an old time", sentAs(fixture, signedBy(scheme, fixture, NOW - beyond)));
  wrong.set("a time to come", sentAs(fixture, signedBy(scheme, fixture, NOW + beyond)));
  return wrong;
}

function signsTime(scheme: VerifyScheme): scheme is VerifyScheme & { toleranceSeconds: number } {
  if (scheme.scheme === "standard-webhooks") return true;
  return scheme.scheme === "hmac" && scheme.template.includes("{timestamp}");
}

function withBit(body: Buffer, place: number): Buffer {
  const changed = Buffer.from(body);
  changed[place]! ^= 1;
  return changed;
}

function bitChanged(text: string): string {
  return withBit(Buffer.from(text), text.length - 1).toString();
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

describe("each delivery, all but right", () => {
  const deliveries = fixtures.flatMap((fixture) =>
    schemesOf(fixture.preset).map((scheme) => ({ ...fixture, fixture, scheme, by: scheme.scheme })),
  );

  test.each(deliveries)("$preset: $name, by $by", async ({ fixture, scheme }) => {
    const app = await openTestApp(configOf([fixture.preset], { respond: "receipt" }), { clock });
    const wrong = forgeries(scheme, fixture);
    const answers = new Set<string>();
    for (const [what, sent] of wrong) {
      const response = await send(app, sent);
      expect([what, response.status]).toEqual([what, 401]);
      answers.add(await response.text());
    }
    // Nobody learns from the answer how near they came.
    expect(answers.size).toBe(1);

    const stats = await app.get<Stats>("/v1/stats");
    expect(stats.body).toMatchObject({
      received: { deliveries: wrong.size, events: 0 },
      profiles: 0,
    });
    expect(stats.body.outcomes.map(({ outcome }) => outcome)).toEqual(["rejected"]);
    const kept = await app.get<{ readonly deliveries: readonly object[] }>("/v1/deliveries");
    expect(kept.body.deliveries).toEqual([]);

    // The same, right: new, and no duplicate of what was turned away.
    const right = await outcomes(await post(app, fixture, signedBy(scheme, fixture)));
    expect(right).toEqual(fixture.events.map(({ becomes }) => becomes));
  });

  test("every scheme was tried, and every sender that signs a time with an old one", () => {
    const tried = deliveries.map(({ fixture, scheme }) => forgeries(scheme, fixture));
    expect(tried.every((wrong) => wrong.size >= 2)).toBe(true);
    const signing = deliveries.filter((_, index) => tried[index]!.has("an old time"));
    expect(signing.map(({ preset }) => preset)).toEqual(
      expect.arrayContaining([
        "calendly",
        "clerk",
        "customerio",
        "gitlab",
        "hubspot",
        "slack",
        "slack-interactive",
        "stripe",
        "supabase",
        "webflow",
        "zendesk",
        "zoom",
      ]),
    );
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
