import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/store/memory.ts";
import { SEEDS } from "../support/ids.ts";
import { openTestService } from "../support/service.ts";

const CONFIG = `
sources:
  crm: { eventId: id, identifiers: { chat: chat, email: email }, traits: { name: name } }
  timed: { eventId: id, occurredAt: t, identifiers: { chat: chat }, traits: { name: name } }
`;

async function digestOf(
  posts: readonly (readonly [string, unknown])[],
  start: number,
  seeds = SEEDS,
) {
  let now = start;
  const service = await openTestService(CONFIG, new MemoryStore(seeds), { clock: () => now++ });
  for (const [source, body] of posts) await service.post(source, body);
  return service.digest();
}

describe("the digest", () => {
  const untimed = [
    ["crm", { id: "1", chat: "U1", name: "Ann" }],
    ["crm", { id: "2", chat: "U1", email: "a@x", name: "Anna" }],
    ["crm", { id: "3", email: "b@x" }],
  ] as const;

  test("does not depend on when events without a time of their own were received, nor in which order", async () => {
    const first = await digestOf(untimed, 1000);
    expect(await digestOf(untimed, 9_000_000)).toBe(first);
    expect(await digestOf(untimed.toReversed(), 1000)).toBe(first);
  });

  test("does not depend on ids, which differ with the seeds of a database", async () => {
    expect(await digestOf(untimed, 1000, [1n, 2n])).toBe(await digestOf(untimed, 1000));
  });

  test("does depend on a time that the event gave", async () => {
    const at = (t: number) => digestOf([["timed", { id: "1", chat: "U1", t }]], 1000);
    expect(await at(1)).not.toBe(await at(2));
  });
});
