/** Whoever is erased is gone for good, and everybody else is who the remaining events say. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventReceipt } from "../src/receipt.ts";
import {
  decisionsOf,
  eventsOf,
  identifiersOf,
  ruledConfig,
  rulesOf,
  type PlainDecision,
  type RuledEvent,
} from "./support/ruled-script.ts";
import { openTestService, type TestService } from "./support/service.ts";
import { storeKinds } from "./support/stores.ts";

async function play(service: TestService, events: readonly RuledEvent[]): Promise<EventReceipt[]> {
  const receipts: EventReceipt[] = [];
  for (const { source, ...body } of events) receipts.push(...(await service.post(source, body)));
  return receipts;
}

async function rule(service: TestService, decisions: readonly PlainDecision[]): Promise<void> {
  for (const decision of decisions) await service.decisions.decide({ ...decision, reason: "so" });
}

async function expectRebuilt(service: TestService): Promise<void> {
  const { merges, splits, differing } = await service.rulebook.rebuild({ check: true });
  expect({ merges, splits, differing }).toEqual({
    merges: [],
    splits: [],
    differing: { identifiers: 0, neighbours: 0, links: 0 },
  });
}

const script = fc
  .record({ rules: rulesOf, events: eventsOf(14), more: eventsOf(6) })
  .chain((made) =>
    fc.record({
      rules: fc.constant(made.rules),
      events: fc.constant(made.events),
      more: fc.constant(made.more.map((event) => ({ ...event, id: `more ${event.id}` }))),
      decisions: decisionsOf(made.events),
      picks: fc.array(fc.nat({ max: 99 }), { minLength: 1, maxLength: 2 }),
      suppress: fc.boolean(),
    }),
  );

describe.each(storeKinds)("$name", (kind) => {
  test("I12: who is left is who the remaining events say, and nothing brings back who is erased", async () => {
    await fc.assert(
      fc.asyncProperty(script, async ({ rules, events, more, decisions, picks, suppress }) => {
        const opened = kind.open();
        const fresh = storeKinds[0]!.open();
        try {
          const config = ruledConfig(rules);
          const service = await openTestService(config, opened.store);
          await play(service, events);
          await rule(service, decisions);
          const everybody = [...new Set(events.flatMap(identifiersOf))];
          const gone = new Set<string>();
          let left = events;
          let ruled = decisions;
          for (const pick of picks) {
            const known = everybody.filter((one) => !gone.has(one));
            const chosen = known[pick % known.length];
            if (chosen === undefined) continue;
            const person = (await service.queries.profile(chosen))!;
            if (person === undefined) continue;
            const ids = person.identifiers.map(({ identifier }) => identifier);
            const request = { person: chosen, suppress, by: undefined };
            const tried = (await service.erasures.erase({ ...request, dryRun: true }))!;
            const receipt = (await service.erasures.erase({ ...request, dryRun: false }))!;
            expect(receipt).toMatchObject({ profiles: tried.profiles, removed: tried.removed });
            left = left.filter((event) => !identifiersOf(event).some((one) => ids.includes(one)));
            const named = new Set(left.flatMap(identifiersOf));
            ruled = ruled.filter(({ a, b }) => named.has(a) && named.has(b));
            for (const one of ids) gone.add(one);
            for (const { provisional } of person.identifiers)
              expect(await service.queries.profile(provisional)).toBeUndefined();
            await expectRebuilt(service);
          }
          const reference = await openTestService(config, fresh.store);
          await play(reference, left);
          await rule(reference, ruled);
          const digest = await service.digest();
          expect(digest).toBe(await reference.digest());

          const again = await play(service, events);
          expect(new Set(again.map(({ outcome }) => outcome))).not.toContain("accepted");
          await service.rulebook.rebuild({ check: false });
          expect(await service.digest()).toBe(digest);

          const refused = (event: RuledEvent) =>
            suppress && identifiersOf(event).some((one) => gone.has(one));
          await play(service, more);
          await play(
            reference,
            more.filter((event) => !refused(event)),
          );
          expect(await service.digest()).toBe(await reference.digest());
          await expectRebuilt(service);
        } finally {
          await opened.dispose();
          await fresh.dispose();
        }
      }),
      // A file is written anew after every erasure.
      { numRuns: kind.name === "memory" ? 100 : 15 },
    );
  });
});
