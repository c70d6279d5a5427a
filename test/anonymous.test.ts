/** Anonymous events of a wrong configuration: the same events, sent or imported again, come into their journeys. */
import { describe, expect, test } from "vitest";
import { digestOf } from "../src/queries/digest.ts";
import type { Store } from "../src/store/store.ts";
import { openTestService, receivedEvents, type TestService } from "./support/service.ts";
import { storeKinds } from "./support/stores.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

const configOf = (path: string) => `
sources:
  crm:
    replaceProfileId: ${path}
    eventId: id
    occurredAt: at
    identifiers: { email: ${path}_mail }
    traits: { name: name }
`;

const EVENTS = [
  { id: "e1", at: "2025-12-01T00:00:00Z", user: "U1", user_mail: "ann@example.com", name: "Ann" },
  // Without a time of its own it occurred when it came first.
  { id: "e2", user: "U1", name: "Anna" },
  // Known by its text alone.
  { user: "U2", user_mail: "ann@example.com" },
  { id: "e4", nobody: true },
];

function postAll(service: TestService, isFromFile = false): Promise<string[]> {
  const post = async (body: unknown) => {
    const receipt = await service.engine.receive({
      source: "crm",
      contentType: "application/json",
      headers: new Map(),
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify(body)),
      isFromFile,
    });
    return receivedEvents(receipt)[0]!.outcome;
  };
  return Promise.all(EVENTS.map(post));
}

/** Opens a service on the store; it starts at a time that then stands still. */
function open(store: Store, path: string, at: number): Promise<TestService> {
  return openTestService(configOf(path), store, { clock: () => at });
}

describe.each(storeKinds)("anonymous by a wrong path, in $name", (kind) => {
  test.each([false, true])(
    "events that come again are accepted (from a file: %s)",
    async (fromFile) => {
      const [wronged, right] = [kind.open(), kind.open()];
      try {
        const wrong = await open(wronged.store, "usre", START);
        expect(await postAll(wrong, fromFile)).toEqual(Array(4).fill("anonymous"));
        expect((await wrong.queries.stats()).profiles).toBe(0);

        const corrected = await open(wronged.store, "user", START + HOUR);
        const accepted = ["accepted", "accepted", "accepted", "duplicate"];
        expect(await postAll(corrected, fromFile)).toEqual(accepted);
        expect(await postAll(corrected, fromFile)).toEqual(Array(4).fill("duplicate"));

        const fromTheStart = await open(right.store, "user", START);
        await postAll(fromTheStart, fromFile);
        expect(await digestOf(wronged.store.people())).toEqual(
          await digestOf(right.store.people()),
        );
        const journeyOf = async (service: TestService) =>
          (await service.queries.journey("email:ann@example.com", {
            order: "asc",
            limit: 9,
          }))!.events.map(({ payload, occurredAt, receivedAt }) => ({
            payload,
            occurredAt,
            receivedAt,
          }));
        expect(await journeyOf(corrected)).toEqual(await journeyOf(fromTheStart));
      } finally {
        await wronged.dispose();
        await right.dispose();
      }
    },
  );

  test("another text under its id does not take its place, and is told as such", async () => {
    const opened = kind.open();
    try {
      const wrong = await open(opened.store, "usre", START);
      await wrong.post("crm", { id: "e9", user: "U1" });
      const corrected = await open(opened.store, "user", START + HOUR);
      const [other] = await corrected.post("crm", { id: "e9", user: "U9" });
      expect(other).toMatchObject({ outcome: "duplicate" });
      expect(other!.reason).toContain("with another body; the first is kept");
      expect((await corrected.queries.stats()).profiles).toBe(0);
      const [same] = await corrected.post("crm", { id: "e9", user: "U1" });
      expect(same).toMatchObject({ outcome: "accepted" });
    } finally {
      await opened.dispose();
    }
  });

  test("what still names nobody stays as it was, and what somebody has stays theirs", async () => {
    const opened = kind.open();
    try {
      await postAll(await open(opened.store, "user", START));
      const before = await digestOf(opened.store.people());
      const wrong = await open(opened.store, "usre", START + HOUR);
      expect(await postAll(wrong)).toEqual(Array(4).fill("duplicate"));
      expect(await digestOf(opened.store.people())).toEqual(before);
    } finally {
      await opened.dispose();
    }
  });
});
