/** Whoever is erased is gone for good, and everybody else is who the remaining events say. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Node } from "../src/identity/types.ts";
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
import { ruleDirectly } from "./support/rulings.ts";
import { openTestService, settingsFrom, type TestService } from "./support/service.ts";
import { storeKinds } from "./support/stores.ts";

async function play(service: TestService, events: readonly RuledEvent[]): Promise<EventReceipt[]> {
  const receipts: EventReceipt[] = [];
  for (const { source, ...body } of events) receipts.push(...(await service.post(source, body)));
  return receipts;
}

/** Those that were taken: which of two that contradict each other is turned away depends on who is who by then. */
async function rule(
  service: TestService,
  decisions: readonly PlainDecision[],
): Promise<PlainDecision[]> {
  const taken: PlainDecision[] = [];
  for (const decision of decisions) {
    const outcome = await service.decisions.decide({ ...decision, reason: "so" });
    if (outcome.kind === "decided") taken.push(decision);
  }
  return taken;
}

async function nodeOf(service: TestService, text: string): Promise<Node> {
  const { identifiers } = (await service.queries.profile(text))!;
  const {
    provisional: id,
    namespace,
    value,
  } = identifiers.find(({ identifier }) => identifier === text)!;
  return { id, identifier: { namespace, value } };
}

/** The same without asking whether they contradict each other. */
async function ruleAgain(
  service: TestService,
  config: string,
  decisions: readonly PlainDecision[],
): Promise<void> {
  const { rules } = settingsFrom(config);
  for (const [number, { kind, a, b, override }] of decisions.entries()) {
    const ends = { a: await nodeOf(service, a), b: await nodeOf(service, b) };
    const id = `dc_${number}`;
    const decision = { id, kind, ...ends, override, reason: "so", by: undefined, at: number };
    await ruleDirectly(service.store, rules, decision);
  }
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
          let ruled = await rule(service, decisions);
          const everybody = [...new Set(events.flatMap(identifiersOf))];
          const gone = new Set<string>();
          let left = events;
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
          await ruleAgain(reference, config, ruled);
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

  describe("of those who stay", () => {
    const fields = "identifiers: { device: device, phone: phone, chat: chat, email: email }";
    const config = `
      sources:
        crm: { ${fields}, eventId: id, occurredAt: t, respond: full }
        form: { ${fields}, eventId: id, occurredAt: t, trust: claimed, respond: full }
      identity: { namespaces: { email: { trust: verified } } }
    `;
    const erase = (service: TestService, person: string) =>
      service.erasures.erase({ person, suppress: false, dryRun: false, by: undefined });

    async function withService(act: (service: TestService) => Promise<void>): Promise<void> {
      const opened = kind.open();
      try {
        await act(await openTestService(config, opened.store));
      } finally {
        await opened.dispose();
      }
    }

    test("a profile whose founder goes is named after the next one, and the feed tells it", () =>
      withService(async (service) => {
        await service.post("crm", { id: 0, t: 0, device: "elder" });
        await service.post("crm", { id: 1, t: 1, email: "ann@x" });
        const [claim] = await service.post("form", {
          id: 2,
          t: 2,
          device: "d",
          phone: "+4930901820",
          email: "ann@x",
        });
        await service.post("crm", { id: 3, t: 3, phone: "+4930901820", chat: "c" });
        const before = await service.store.changes(0, 100);
        const receipt = await erase(service, "email:ann@x");
        expect(receipt!.removed).toMatchObject({ eventsOfOthers: 1, identifiersOfOthers: 1 });
        expect(await service.queries.profile(claim!.profile!)).toBeUndefined();
        const left = (await service.queries.profile("chat:c"))!;
        expect(left).toMatchObject({ id: left.identifiers[0]!.provisional, formerIds: [] });
        expect(left.identifiers.map(({ identifier }) => identifier)).toEqual([
          "phone:+4930901820",
          "chat:c",
        ]);
        expect(await service.store.changes(before.length, 100)).toMatchObject([
          { kind: "split", into: left.id, from: [claim!.profile] },
          { kind: "erasure", into: null, from: receipt!.profiles },
          { kind: "erasure", into: null, from: [claim!.profile] },
        ]);
        // An id that was handed out answers for ever, also when an elder takes its profile in.
        await service.post("crm", { id: 4, t: 4, device: "elder", phone: "+4930901820" });
        expect((await service.queries.profile(left.id))!.formerIds).toEqual([left.id]);
      }));

    test("a link is as old and as trusted as the events that stay say", () =>
      withService(async (service) => {
        await service.post("crm", { id: 1, t: 1, device: "d", chat: "c", email: "ann@x" });
        await service.post("form", { id: 2, t: 5, device: "e", chat: "f", email: "bo@x" });
        await service.post("crm", { id: 3, t: 2, device: "e", chat: "f", email: "cy@x" });
        await service.decisions.decide({
          kind: "split",
          a: "email:cy@x",
          b: "device:e",
          reason: "no",
        });
        const ends = [await nodeOf(service, "device:e"), await nodeOf(service, "chat:f")];
        const read = async () =>
          (await service.store.linksOf([[ends[0]!.id, ends[1]!.id]])).map(
            ({ trust, evidenceAt, events }) => ({ trust, evidenceAt, events }),
          );
        expect(await read()).toEqual([{ trust: "verified", evidenceAt: 2000, events: 2 }]);
        await erase(service, "email:cy@x");
        expect(await read()).toEqual([{ trust: "claimed", evidenceAt: 5000, events: 1 }]);
      }));
  });
});
