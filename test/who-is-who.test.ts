/** Who is who under rules and decisions: random events, rules and rulings, against a naive model and against each other. */
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import {
  identifiersOf,
  type PlainDecision,
  type PlainRules,
  type RuledEvent,
} from "./support/ruled-script.ts";
import { decisionsOf, eventsOf, ruledConfig, rulesOf } from "./support/ruled-script.ts";
import { naiveGroups } from "./support/naive-rules.ts";
import { plainPeople } from "./support/naive-people.ts";
import { ruleDirectly } from "./support/rulings.ts";
import { openTestService, settingsFrom, type TestService } from "./support/service.ts";
import { storeKinds, type StoreKind, type TestStore } from "./support/stores.ts";

const opened: TestStore[] = [];
async function dispose() {
  for (const test of opened.splice(0)) await test.dispose();
}
afterEach(dispose);

async function start(kind: StoreKind, rules: PlainRules, batchEventsMax = 500) {
  const test = kind.open();
  opened.push(test);
  return openTestService(ruledConfig(rules), test.store, { batchEventsMax });
}

async function groupsIn(service: TestService): Promise<readonly (readonly string[])[]> {
  return (await plainPeople(service.store.people())).map(({ members }) => members);
}

/** A step of a play: events that arrive together, or a decision about identifiers that are known by then. */
type Step = { readonly events: readonly RuledEvent[] } | { readonly decision: PlainDecision };

interface Play {
  readonly events: readonly RuledEvent[];
  readonly rules: PlainRules;
  readonly decisions: readonly PlainDecision[];
}

/** Sorted texts of the members, by canonical id. */
async function membersByProfile(service: TestService): Promise<Map<string, string[]>> {
  const profiles = new Map<string, string[]>();
  for await (const { id, members } of service.store.people())
    profiles.set(id, members.map(({ namespace, value }) => `${namespace}:${value}`).toSorted());
  return profiles;
}

async function feed(service: TestService) {
  const { changes } = await service.queries.changes(0, 10_000);
  return { entries: changes, last: changes.length };
}

const plays = (maxLength: number): fc.Arbitrary<Play> =>
  fc
    .tuple(eventsOf(maxLength), rulesOf)
    .chain(([events, rules]) =>
      decisionsOf(events).map((decisions) => ({ events, rules, decisions })),
    );

/** An order of everything, events in chunks, each decision somewhere behind the first events that name its ends. */
function orderings({ events, decisions }: Play): fc.Arbitrary<readonly Step[]> {
  return fc
    .record({
      order: fc.shuffledSubarray([...events], { minLength: events.length }),
      chunk: fc.integer({ min: 1, max: 12 }),
      delays: fc.array(fc.nat({ max: 20 }), {
        minLength: decisions.length,
        maxLength: decisions.length,
      }),
    })
    .map(({ order, chunk, delays }) => {
      const steps: Step[] = [];
      const known = new Set<string>();
      const waiting = decisions.map((decision, index) => ({ decision, due: delays[index]! }));
      for (let from = 0; from < order.length; from += chunk) {
        const together = order.slice(from, from + chunk);
        steps.push({ events: together });
        for (const text of together.flatMap(identifiersOf)) known.add(text);
        const isLast = from + chunk >= order.length;
        for (const [index, { decision, due }] of [...waiting.entries()].toReversed()) {
          const isKnown = known.has(decision.a) && known.has(decision.b);
          if (!isKnown || (from < due && !isLast)) continue;
          steps.push({ decision });
          waiting.splice(index, 1);
        }
      }
      return steps;
    });
}

async function take(service: TestService, step: Step, rules: PlainRules): Promise<void> {
  if ("events" in step) {
    await Promise.all(step.events.map((event) => service.post(event.source, event)));
    return;
  }
  const { kind, a, b, override } = step.decision;
  const [left, right] = await Promise.all([a, b].map((text) => nodeOf(service, text)));
  await ruleDirectly(service.store, settingsFrom(ruledConfig(rules)).rules, {
    id: `dc_${[a, b].toSorted().join("_")}`,
    kind,
    a: left!,
    b: right!,
    override,
    reason: "a test",
    by: undefined,
    at: 0,
  });
}

async function nodeOf(service: TestService, text: string) {
  const profile = (await service.queries.profile(text))!;
  const { provisional, namespace, value } = profile.identifiers.find(
    ({ identifier }) => identifier === text,
  )!;
  return { id: provisional, identifier: { namespace, value } };
}

async function expectNothingDiffers(service: TestService): Promise<void> {
  const report = await service.rulebook.rebuild({ check: true });
  expect(report.differing).toEqual({ identifiers: 0, neighbours: 0, links: 0 });
  expect([report.merges, report.splits]).toEqual([[], []]);
}

describe.each(storeKinds)("$name", (kind) => {
  const numRuns = kind.name === "memory" ? 300 : 40;

  test("I1: any order, batching and moment of deciding gives the people of a naive model, and what a rebuild gives", async () => {
    const orderedPlays = plays(24).chain((play) =>
      fc.record({
        play: fc.constant(play),
        steps: orderings(play),
        batchEventsMax: fc.constantFrom(1, 3, 500),
      }),
    );
    await fc.assert(
      fc.asyncProperty(orderedPlays, async ({ play, steps, batchEventsMax }) => {
        const service = await start(kind, play.rules, batchEventsMax);
        for (const step of steps) {
          await take(service, step, play.rules);
          await expectNothingDiffers(service);
        }
        expect(await groupsIn(service)).toEqual(
          naiveGroups(play.events, play.rules, play.decisions),
        );
        const straight = await start(storeKinds[0]!, play.rules);
        await take(straight, { events: play.events }, play.rules);
        for (const decision of play.decisions) await take(straight, { decision }, play.rules);
        expect(await service.digest()).toBe(await straight.digest());
        await dispose();
      }),
      { numRuns },
    );
  });

  test("where components are full, a rebuild finds what is kept after every step", async () => {
    const orderedPlays = plays(20).chain((play) =>
      fc.record({
        play: fc.constant(play),
        steps: orderings(play),
        identifiersPerComponentMax: fc.integer({ min: 2, max: 6 }),
        batchEventsMax: fc.constantFrom(1, 3, 500),
      }),
    );
    await fc.assert(
      fc.asyncProperty(orderedPlays, async ({ play, steps, batchEventsMax, ...full }) => {
        const { identifiersPerComponentMax: max } = full;
        const identifiersPerProfileMax = Math.min(play.rules.identifiersPerProfileMax ?? max, max);
        const namespaces = limitsWithin(play.rules.namespaces, identifiersPerProfileMax);
        const rules = { namespaces, identifiersPerProfileMax, ...full };
        const service = await start(kind, rules, batchEventsMax);
        for (const step of steps) {
          await take(service, step, rules);
          await expectNothingDiffers(service);
        }
        await dispose();
      }),
      { numRuns },
    );
  });

  test("a refusal names the event that brought it about, not a stranger's of the same batch", async () => {
    const service = await start(kind, { namespaces: { user_id: { limit: 1 } } });
    const of = (id: string, t: number, user_id: string, email: string): RuledEvent => ({
      source: "crm",
      id,
      t,
      ids: { user_id, email },
    });
    await service.post("crm", of("later", 5, "u1", "a1@x"));
    const together = [of("earlier", 1, "u2", "a1@x"), of("stranger", 9, "u3", "a3@x")];
    const receipts = await Promise.all(together.map((event) => service.post(event.source, event)));
    const cause = { event: receipts[0]![0]!.event };
    const { entries } = await feed(service);
    const refusals = entries.filter(({ kind: what }) => what === "refusal");
    expect(refusals).toMatchObject([{ link: { a: expect.any(String) }, cause }]);
    await dispose();
  });

  test("I6: a split that is taken back leaves the digest of before, and so does a join", async () => {
    await fc.assert(
      fc.asyncProperty(plays(18), async ({ events, rules, decisions }) => {
        const service = await start(kind, rules);
        await take(service, { events }, rules);
        const digests = [await service.digest()];
        const taken: string[] = [];
        for (const { kind: ruling, a, b, override } of decisions) {
          const request = { kind: ruling, a, b, reason: "a test" };
          const tried = await service.decisions.decide({ ...request, override, dryRun: true });
          expect(await service.digest()).toBe(digests.at(-1));
          const outcome = await service.decisions.decide({ ...request, override });
          expect(outcome.kind).toBe(tried.kind);
          // One that contradicts another is turned away, and changes nothing.
          if (outcome.kind === "decided") taken.push(outcome.effect.decision.id!);
          if (outcome.kind === "decided") digests.push(await service.digest());
        }
        for (const id of taken.toReversed()) {
          expect(await service.digest()).toBe(digests.pop());
          expect((await service.decisions.takeBack(id, false)).kind).toBe("decided");
          await expectNothingDiffers(service);
        }
        expect(await service.digest()).toBe(digests.pop());
        await dispose();
      }),
      { numRuns },
    );
  });

  test("what-if names exactly what applying the rules then merges and splits", async () => {
    const changes = plays(20).chain((play) =>
      fc.record({ play: fc.constant(play), rules: rulesOf }),
    );
    await fc.assert(
      fc.asyncProperty(changes, async ({ play, rules }) => {
        const service = await start(kind, play.rules);
        await take(service, { events: play.events }, play.rules);
        for (const decision of play.decisions) await take(service, { decision }, play.rules);
        const before = await membersByProfile(service);
        const digest = await service.digest();
        const { rules: others, rulesText: text } = settingsFrom(ruledConfig(rules));
        const said = await service.rulebook.whatIf({ rules: others, text });
        expect(await service.digest()).toBe(digest);
        expect(await membersByProfile(service)).toEqual(before);

        const { last } = await feed(service);
        const again = await openTestService(ruledConfig(rules), service.store, {
          applyRules: true,
        });
        const after = await membersByProfile(again);
        expect(again.applied?.merges ?? []).toEqual(said.merges);
        expect(again.applied?.splits ?? []).toEqual(said.splits);
        const told = (await feed(again)).entries.slice(last);
        const parted = new Set(said.splits.map(({ from }) => from.id));
        expect(parted).toEqual(
          new Set(told.flatMap(({ kind: what, from }) => (what === "split" ? from : []))),
        );
        for (const { kind: what, into, from } of told)
          if (what === "merge")
            expect(said.merges).toContainEqual(
              expect.objectContaining({
                into: expect.objectContaining({ id: into }),
                from: expect.arrayContaining(from.map((id) => expect.objectContaining({ id }))),
              }),
            );
        expect(said.merges.map(({ into }) => into.id).toSorted()).toEqual(
          [...after.keys()].filter((id) => sidesOf(id, before, after) > 1).toSorted(),
        );
        expect([...parted].toSorted()).toEqual(
          [...before.keys()].filter((id) => sidesOf(id, after, before) > 1).toSorted(),
        );
        for (const { into, from } of said.merges) {
          expect(into.identifiers.toSorted()).toEqual(after.get(into.id));
          for (const one of from) expect(one.identifiers.toSorted()).toEqual(before.get(one.id));
        }
        for (const { into, from } of said.splits) {
          expect(from.identifiers.toSorted()).toEqual(before.get(from.id));
          for (const one of into) expect(one.identifiers.toSorted()).toEqual(after.get(one.id));
          const parts = into.flatMap(({ identifiers }) => identifiers);
          expect(parts).toEqual(expect.arrayContaining([...from.identifiers]));
        }
        expect(await groupsIn(again)).toEqual(naiveGroups(play.events, rules, play.decisions));
        await dispose();
      }),
      { numRuns },
    );
  });

  test("I3: the feed tells every change of whose an identifier is, and old ids lead to the profile that holds it", async () => {
    const orderedPlays = plays(20).chain((play) =>
      fc.record({ play: fc.constant(play), steps: orderings(play) }),
    );
    await fc.assert(
      fc.asyncProperty(orderedPlays, async ({ play, steps }) => {
        const service = await start(kind, play.rules);
        const handedOut = new Set<string>();
        for (const step of steps) {
          const before = ownersIn(await membersByProfile(service));
          const { last } = await feed(service);
          await take(service, step, play.rules);
          const profiles = await membersByProfile(service);
          const after = ownersIn(profiles);
          const { entries } = await feed(service);
          expect(entries.map(({ sequence }) => sequence)).toEqual(
            entries.map((_, index) => index + 1),
          );
          const told = entries
            .slice(last)
            .flatMap(({ kind: what, into, from }) =>
              into !== null && ["merge", "split"].includes(what) ? [{ into, from }] : [],
            );
          const moved = [...before].filter(([text, owner]) => after.get(text) !== owner);
          for (const [text, owner] of moved)
            expect([...heirsOf(owner, told)]).toContain(after.get(text));
          for (const { into, from } of told)
            for (const former of from)
              expect([into, former]).toEqual([expect.anything(), expect.not.stringMatching(into)]);
          for (const id of profiles.keys()) handedOut.add(id);
          for (const id of handedOut) {
            const profile = (await service.queries.profile(id))!;
            expect([profile.id, ...profile.formerIds]).toContain(id);
            expect(profile.identifiers.map(({ provisional }) => provisional)).toContain(id);
          }
        }
        await dispose();
      }),
      { numRuns },
    );
  });
});

/** To which profiles the feed leads from one, entry by entry: in one commit a profile may take in others and be taken in. */
function heirsOf(
  owner: string,
  told: readonly { readonly into: string; readonly from: readonly string[] }[],
): Set<string> {
  const heirs = new Set([owner]);
  for (const { into, from } of told) if (from.some((former) => heirs.has(former))) heirs.add(into);
  return heirs;
}

/** The same rules, but for limits that could never be reached. */
function limitsWithin(namespaces: PlainRules["namespaces"], max: number): PlainRules["namespaces"] {
  return Object.fromEntries(
    Object.entries(namespaces).map(([name, { limit, ...rest }]) => [
      name,
      limit === undefined ? rest : { ...rest, limit: Math.min(limit, max) },
    ]),
  );
}

/** Of how many profiles of one time a profile of the other has members. */
function sidesOf(
  id: string,
  theirs: ReadonlyMap<string, readonly string[]>,
  ours: ReadonlyMap<string, readonly string[]>,
): number {
  const members = new Set(ours.get(id));
  return [...theirs.values()].filter((others) => others.some((text) => members.has(text))).length;
}

/** Whose every identifier is. */
function ownersIn(profiles: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  return new Map([...profiles].flatMap(([id, members]) => members.map((text) => [text, id])));
}
