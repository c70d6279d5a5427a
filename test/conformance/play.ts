/**
 * Plays a scenario on an engine in one way and holds every step against what the file says; and beside it what no
 * file needs to say: dry runs and what-ifs change nothing and foretell what comes, what is redelivered is a duplicate,
 * every outcome but acceptance has a reason, ids go on answering, and a rebuild finds the same people.
 */
import { expect } from "vitest";
import type { Engine, EventReceipt, Person, Regrouping } from "./candidate.ts";
import { checkExpectation, groupsOf, holds } from "./expectations.ts";
import type { Step } from "./format.ts";
import type { NamedScenario } from "./scenarios.ts";
import type { Way } from "./ways.ts";

/** The digest at the end, the same in every way. */
export async function play(scenario: NamedScenario, engine: Engine, way: Way): Promise<string> {
  const player = new Player(engine, way);
  for (const [index, step] of scenario.steps.entries())
    await at(`${scenario.file}, ${way.name}, step ${index + 1}`, () => player.take(step));
  await at(`${scenario.file}, ${way.name}, at the end`, () => player.finish());
  return engine.digest();
}

/** Says in a failure where it happened. */
async function at(place: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) error.message = `${place}: ${error.message}`;
    throw error;
  }
}

class Player {
  readonly #engine: Engine;
  readonly #way: Way;
  /** Decisions by the names that the file gives them. */
  readonly #decisions = new Map<string, string>();
  /** Every id of a person that was ever seen, and the identifier whose provisional id it is. */
  readonly #handedOut = new Map<string, string>();
  #receipts: readonly EventReceipt[] = [];

  constructor(engine: Engine, way: Way) {
    this.#engine = engine;
    this.#way = way;
  }

  async take(step: Step): Promise<void> {
    this.#receipts = [];
    await this.#act(step);
    const news = await this.#engine.news();
    const people = await this.#engine.people();
    await this.#remember(people);
    if (step.expect === undefined) return;
    const seen = { people, news, receipts: this.#receipts };
    await checkExpectation(step.expect, seen, this.#engine, this.#way);
  }

  async #act(step: Step): Promise<void> {
    if ("deliver" in step) return this.#deliver(step);
    if ("decide" in step) return this.#decide(step);
    if ("takeBack" in step) return this.#takeBack(step.takeBack);
    if ("whatIf" in step) return this.#whatIf(step);
    if ("rebuild" in step) return this.#unchanged(() => this.#engine.rebuild());
    if ("erase" in step) return this.#erase(step);
    const before = await this.#engine.people();
    const foretold = await this.#engine.whatIf(step.applyRules);
    await this.#engine.applyRules(step.applyRules);
    const { merges, splits } = regroupings(before, await this.#engine.people());
    holds("what was foretold", plainWhatIf(foretold), { merges, splits });
  }

  async #deliver(step: Extract<Step, { deliver: unknown }>): Promise<void> {
    const receipts: EventReceipt[] = [];
    for (const batch of this.#way.batches(step.deliver, step.inOrder === true))
      receipts.push(...(await this.#engine.deliver(batch)));
    this.#receipts = receipts;
    const silent = receipts.filter(
      ({ outcome, reason }) => outcome !== "accepted" && (reason ?? "") === "",
    );
    holds("outcomes without a reason", silent, []);
  }

  async #decide(step: Extract<Step, { decide: unknown }>): Promise<void> {
    const tried = await this.#unchanged(() => this.#engine.decide(step.decide, true));
    if (step.error !== undefined) {
      holds("the dry run", tried, { error: step.error });
      const answer = await this.#unchanged(() => this.#engine.decide(step.decide, false));
      holds("the answer", answer, { error: step.error });
      return;
    }
    const before = await this.#engine.people();
    const answer = await this.#engine.decide(step.decide, false);
    if ("error" in answer || "error" in tried)
      throw new Error(`turned away: ${JSON.stringify([tried, answer])}`);
    const after = await this.#engine.people();
    for (const told of [tried, answer]) checkRegrouping(told, before, after);
    if (step.as !== undefined) this.#decisions.set(step.as, answer.id);
  }

  async #takeBack(name: string): Promise<void> {
    const before = await this.#engine.people();
    const id = this.#decisions.get(name);
    if (id === undefined) throw new Error(`no decision is called ${name}`);
    const answer = await this.#engine.takeBack(id);
    checkRegrouping(answer, before, await this.#engine.people());
  }

  async #whatIf(step: Extract<Step, { whatIf: unknown }>): Promise<void> {
    const answer = await this.#unchanged(() => this.#engine.whatIf(step.whatIf));
    holds("the answer", plainWhatIf(answer), plainWhatIf(step));
  }

  async #erase(step: Extract<Step, { erase: unknown }>): Promise<void> {
    const { erase } = step;
    const suppress = step.suppress === true;
    const person = (await this.#engine.people()).find(({ identifiers }) =>
      identifiers.includes(erase),
    );
    if (person === undefined) throw new Error(`nobody is known by ${erase}`);
    await this.#unchanged(() => this.#engine.erase(erase, suppress, true));
    await this.#engine.erase(erase, suppress, false);
    const left = new Set((await this.#engine.people()).flatMap(({ identifiers }) => identifiers));
    const kept = person.identifiers.filter((one) => left.has(one));
    holds("identifiers of who was erased", kept, []);
    for (const [id, founder] of this.#handedOut) {
      if (left.has(founder)) continue;
      holds(`who answers to ${id}`, await this.#engine.identifiersOf(id), undefined);
      this.#handedOut.delete(id);
    }
    await this.#unchanged(() => this.#engine.rebuild());
  }

  async #unchanged<Result>(act: () => Promise<Result>): Promise<Result> {
    const before = await this.#engine.digest();
    const result = await act();
    holds("digest, where nobody may change", await this.#engine.digest(), before);
    return result;
  }

  async #remember(people: readonly Person[]): Promise<void> {
    for (const { id, identifiers } of people) {
      if (this.#handedOut.has(id)) continue;
      const founder = await this.#engine.founderOf(id);
      holds(`identifiers of ${id}`, identifiers, expect.arrayContaining([founder]));
      this.#handedOut.set(id, founder!);
    }
  }

  async finish(): Promise<void> {
    for (const [id, founder] of this.#handedOut)
      holds(
        `who answers to ${id}`,
        await this.#engine.identifiersOf(id),
        expect.arrayContaining([founder]),
      );
    await this.#unchanged(() => this.#engine.rebuild());
  }
}

type Groups = readonly (readonly string[])[];

/** An answer may name more than what changes, such as the two people a decision speaks of, but nothing less. */
function checkRegrouping(
  { before, after }: Regrouping,
  peopleBefore: readonly Person[],
  peopleAfter: readonly Person[],
): void {
  const [old, fresh] = [groupsOf(peopleBefore), groupsOf(peopleAfter)];
  const gone = old.filter((group) => !fresh.includes(group));
  const come = fresh.filter((group) => !old.includes(group));
  const told = { before: plainGroups(before), after: plainGroups(after) };
  holds("who changes, by the answer", told.before, expect.arrayContaining(gone));
  holds("who comes of it, by the answer", told.after, expect.arrayContaining(come));
}

function plainGroup(group: readonly string[]): string {
  return group.toSorted().join(" ");
}

function plainGroups(groups: Groups): string[] {
  return groups.map(plainGroup).toSorted();
}

interface Foretold {
  readonly merges: readonly { readonly from: Groups; readonly into: readonly string[] }[];
  readonly splits: readonly { readonly from: readonly string[]; readonly into: Groups }[];
}

function plainWhatIf({ merges, splits }: Foretold) {
  return {
    merges: merges
      .map(({ from, into }) => ({ into: plainGroup(into), from: plainGroups(from) }))
      .toSorted((left, right) => (left.into < right.into ? -1 : 1)),
    splits: splits
      .map(({ from, into }) => ({ from: plainGroup(from), into: plainGroups(into) }))
      .toSorted((left, right) => (left.from < right.from ? -1 : 1)),
  };
}

/** What a what-if should have said of a change that has happened. */
function regroupings(before: readonly Person[], after: readonly Person[]) {
  const meeting = (person: Person, others: readonly Person[]) => {
    const members = new Set(person.identifiers);
    return others
      .filter(({ identifiers }) => identifiers.some((one) => members.has(one)))
      .map(({ identifiers }) => identifiers);
  };
  return plainWhatIf({
    merges: after
      .map((person) => ({ into: person.identifiers, from: meeting(person, before) }))
      .filter(({ from }) => from.length > 1),
    splits: before
      .map((person) => ({ from: person.identifiers, into: meeting(person, after) }))
      .filter(({ into }) => into.length > 1),
  });
}
