/** GitHub's own example payloads from the webhook to the journey: nothing swallowed (I7), nothing changed (I10). */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { JsonText } from "../../src/extract/json-text.ts";
import type { GraphView, StatsView } from "../../src/queries/queries.ts";
import type { ProfileView } from "../../src/queries/people.ts";
import type { EventReceipt } from "../../src/receipt.ts";
import { ask, receiptOf, request } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SOURCE = `
sources:
  github:
    replaceProfileId: sender.id
    eventType: header:x-github-event
    eventId: header:x-github-delivery
    occurredAt: [head_commit.timestamp, repository.updated_at]
    identifiers:
      email:
        - pusher.email
        - check_suite.head_commit.committer.email
        - workflow_run.head_commit.committer.email
        - commit.commit.committer.email
        - head_commit.committer.email
        - head_commit.author.email
    traits: { login: sender.login, admin: sender.site_admin }
    respond: full
`;

const require = createRequire(import.meta.url);

interface Example {
  readonly type: string;
  /** What GitHub's header X-GitHub-Delivery would hold. */
  readonly delivery: string;
  /** As it stands in the file, spaces and line breaks included. */
  readonly text: string;
}

/** All of GitHub's own example payloads for github.com. */
function githubExamples(): Example[] {
  const file = require.resolve("@octokit/webhooks-examples/api.github.com/index.json");
  const text = readFileSync(file, "utf8");
  const hooks = JSON.parse(text) as readonly { name: string; examples: readonly unknown[] }[];
  const places = hooks.flatMap(({ name, examples }, hook) =>
    examples.map((_, number) => ({ name, location: [hook, "examples", number] })),
  );
  const json = new JsonText(text);
  const texts = places.map(({ location }) => json.at(location));
  return places.map(({ name }, number) => ({
    type: name,
    delivery: `72d3162e-cc78-11e3-81ab-${String(number).padStart(12, "0")}`,
    text: texts[number]!,
  }));
}

/** Sixteen at a time, and returns what became of each, in their order. */
async function postAll(url: string, examples: readonly Example[]): Promise<EventReceipt[]> {
  const receipts: EventReceipt[] = [];
  const queue = examples.entries();
  const postOneByOne = async () => {
    for (const [index, { type, delivery, text }] of queue) {
      const headers = {
        "content-type": "application/json",
        "x-github-event": type,
        "x-github-delivery": delivery,
      };
      const answer = await request(`${url}/webhooks/github`, {
        method: "POST",
        headers,
        body: text,
      });
      const { events } = receiptOf(answer);
      receipts[index] = events[0]!;
    }
  };
  await Promise.all(Array.from({ length: 16 }, postOneByOne));
  return receipts;
}

/** Every event of a profile's journey, by id, with its payload's text, read in small pages. */
async function readJourney(url: string, profile: string): Promise<Map<string, string>> {
  const payloads = new Map<string, string>();
  let cursor: string | null = "";
  while (cursor !== null) {
    const page = await request(
      `${url}/v1/profiles/${profile}/journey?limit=40${cursor === "" ? "" : `&cursor=${cursor}`}`,
    );
    const { events, next } = JSON.parse(page.text) as {
      events: readonly { id: string }[];
      next: string | null;
    };
    const json = new JsonText(page.text);
    const texts = events.map((_, number) => json.at(["events", number, "payload"]));
    for (const [number, { id }] of events.entries()) {
      if (payloads.has(id)) throw new Error(`${id} stands twice in the journey of ${profile}`);
      payloads.set(id, texts[number]!);
    }
    cursor = next;
  }
  return payloads;
}

const NOREPLY = encodeURIComponent("email:noreply@github.com");
const examples = githubExamples();

test("GitHub's examples: none is lost, the counts add up, and every payload comes back as it was sent", async () => {
  const files = serviceFiles(temporaryFolder(), SOURCE);
  const service = await startService(files);
  expect(examples.length).toBeGreaterThan(300);
  const receipts = await postAll(service.url, examples);

  const told = new Map<string, number>();
  for (const { outcome } of receipts) told.set(outcome, (told.get(outcome) ?? 0) + 1);
  // Security advisories have no sender.
  const advisories = examples.filter(({ type }) => type === "security_advisory");
  expect(Object.fromEntries(told)).toEqual({
    accepted: examples.length - advisories.length,
    anonymous: advisories.length,
  });
  const stats = await ask<StatsView>(service.url, "/v1/stats");
  expect(stats.received).toEqual({ deliveries: examples.length, events: examples.length });
  expect(stats.outcomes.toSorted((a, b) => (a.outcome < b.outcome ? -1 : 1))).toEqual(
    ["accepted", "anonymous"].map((outcome) => {
      const count = told.get(outcome);
      return { source: "github", outcome, deliveries: count, events: count };
    }),
  );

  // A profile id that was answered on the way may have merged since; all of them answer.
  const answered = new Set(receipts.flatMap(({ profile }) => profile ?? []));
  const profiles = new Set<string>();
  for (const id of answered)
    profiles.add((await ask<ProfileView>(service.url, `/v1/profiles/${id}`)).id);
  const returned = new Map<string, string>();
  for (const profile of profiles)
    for (const [id, text] of await readJourney(service.url, profile)) {
      if (returned.has(id)) throw new Error(`${id} is in two journeys`);
      returned.set(id, text);
    }
  const database = new Database(files.database, { readonly: true });
  const nobodys = database.prepare<[], { id: string; payload: string }>(
    "SELECT id, payload FROM event_rows WHERE home IS NULL",
  );
  for (const { id, payload } of nobodys.all()) returned.set(id, payload);
  database.close();
  expect(returned.size).toBe(examples.length);
  const changed = examples.filter(
    ({ text }, index) => returned.get(receipts[index]!.event) !== text,
  );
  expect(changed).toEqual([]);

  const again = await postAll(service.url, examples);
  expect(again.filter(({ outcome }) => outcome !== "duplicate")).toEqual([]);
  const twice = await ask<StatsView>(service.url, "/v1/stats");
  expect(twice.received.deliveries).toBe(2 * examples.length);
});

test("noreply@github.com commits for everybody and joins nobody", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), SOURCE));
  const receipts = await postAll(service.url, examples);
  const blocked = receipts.flatMap(({ identifiers = [] }) =>
    identifiers.filter(({ identifier }) => identifier === "email:noreply@github.com"),
  );
  expect(blocked.length).toBeGreaterThan(5);
  expect(new Set(blocked.map(({ outcome }) => outcome))).toEqual(new Set(["blocked"]));

  const profile = await ask<ProfileView>(service.url, `/v1/profiles/${NOREPLY}`);
  expect(profile.identifiers.map(({ identifier }) => identifier)).toEqual([
    "email:noreply@github.com",
  ]);
  const graph = await ask<GraphView>(service.url, `/v1/profiles/${NOREPLY}/graph`);
  const neighbours = graph.nodes.filter((node) => node.profile !== graph.profile);
  expect(neighbours.length).toBeGreaterThan(1);
  expect(graph.links.length).toBe(neighbours.length);
  for (const link of graph.links)
    expect(link).toMatchObject({
      outcome: "ineligible",
      reason: "email:noreply@github.com is a blocked value (email: noreply@*)",
    });
});

test("the canary: were it not blocked, it would join its committers", async () => {
  const config = `${SOURCE}\nidentity: { namespaces: { email: { block: [] } } }\n`;
  const service = await startService(serviceFiles(temporaryFolder(), config));
  await postAll(
    service.url,
    examples.filter(({ text }) => text.includes('"noreply@github.com"')),
  );
  const profile = await ask<ProfileView>(service.url, `/v1/profiles/${NOREPLY}`);
  expect(profile.identifiers.length).toBeGreaterThan(2);
});
