/** Questions are answered or given up in time, whichever store they are about. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Analyst, type AnalystLimits, type AskOutcome } from "../src/analyst.ts";
import type { AskedQuestion } from "../src/analyst/kinds.ts";
import { SqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import { StoreError, type Store } from "../src/store/store.ts";
import { commitOf, event } from "./support/commits.ts";
import { crowd, crowdNode, LONG, SHORT } from "./support/crowd.ts";
import { storeKinds, type TestStore } from "./support/stores.ts";
import { temporaryFolder } from "./support/temporary.ts";

const PATIENT: AnalystLimits = {
  questionSecondsMax: 600,
  questionsAtOnceMax: 2,
  questionsWaitingMax: 20,
};
/** Enough for a question of a minute and more. */
const PEOPLE = 2000;

function codeOf(outcome: AskOutcome): string {
  return outcome.kind === "rejected" ? outcome.code : outcome.kind;
}

describe.each(storeKinds)("$name", (kind) => {
  let opened: TestStore;
  let store: Store;
  beforeEach(async () => {
    opened = kind.open();
    store = opened.store;
    await crowd(store, PEOPLE);
  });
  afterEach(() => opened.dispose());

  function analystWith(limits: Partial<AnalystLimits> = {}): Analyst {
    const analyst = new Analyst({ store, limits: { ...PATIENT, ...limits } });
    onTestFinished(() => analyst.close());
    return analyst;
  }

  const everybody = { kind: "answered", answer: { people: PEOPLE, events: PEOPLE, more: false } };

  test("answers one question after the other, and more than it takes at once", async () => {
    const analyst = analystWith();
    expect(await analyst.ask(SHORT)).toMatchObject(everybody);
    const outcomes = await Promise.all(Array.from({ length: 7 }, () => analyst.ask(SHORT)));
    expect(outcomes.map(codeOf)).toEqual(outcomes.map(() => "answered"));
  });

  test("none begins where questions have overlapped for too long, until those under way have ended", async () => {
    const cleared: number[] = [];
    const clearUp = store.clearUp.bind(store);
    store.clearUp = () => {
      cleared.push(under.size);
      clearUp();
    };
    const under = new Set<string>();
    const analyst = new Analyst({ store, limits: PATIENT, overlapMillisecondsMax: 0 });
    onTestFinished(() => analyst.close());
    const ask = async (name: string, asked: AskedQuestion, signal?: AbortSignal) => {
      const asking = analyst.ask(asked, signal);
      under.add(name);
      const outcome = await asking;
      under.delete(name);
      return codeOf(outcome);
    };
    const stop = new AbortController();
    const long = ask("long", LONG, stop.signal);
    // There is a second desk, which stays empty.
    let isAnswered = false;
    const short = ask("short", SHORT).finally(() => (isAnswered = true));
    await analyst.ask(SHORT, AbortSignal.abort());
    expect([isAnswered, cleared]).toEqual([false, [0]]);
    stop.abort();
    expect([await long, await short]).toEqual(["cancelled", "answered"]);
    expect(cleared).toHaveLength(2);
  });

  test("an answer is as of when it was asked for, and sees what was committed before", async () => {
    const analyst = analystWith();
    await analyst.ask(SHORT);
    const first = crowdNode(0);
    const request = { identifiers: [first.id], pairs: [], traits: [], events: [] };
    const { basis } = await store.load(request);
    const commit = commitOf({ events: [event("one more", first)] });
    expect(await store.commit(commit, basis)).toBe("committed");
    expect(await analyst.ask(SHORT)).toMatchObject({
      answer: { people: PEOPLE, events: PEOPLE + 1 },
    });
  });

  test("a question beyond its time is given up, also while it waits, and the next is answered", async () => {
    const limits = { ...PATIENT, questionSecondsMax: 0.5, questionsAtOnceMax: 1 };
    const analyst = new Analyst({ store, limits });
    onTestFinished(() => analyst.close());
    const outcomes = await Promise.all([analyst.ask(LONG), analyst.ask(SHORT)]);
    expect(outcomes.map(codeOf)).toEqual(["question-too-long", "question-too-long"]);
    limits.questionSecondsMax = PATIENT.questionSecondsMax;
    expect(await analyst.ask(SHORT)).toMatchObject(everybody);
  });

  test("a question that nobody waits for any more is given up, and its place is another's", async () => {
    const analyst = analystWith({ questionsAtOnceMax: 1, questionsWaitingMax: 1 });
    const [underWay, waiting] = [new AbortController(), new AbortController()];
    const outcomes = [analyst.ask(LONG, underWay.signal), analyst.ask(LONG, waiting.signal)];
    waiting.abort();
    outcomes.push(analyst.ask(SHORT, AbortSignal.abort()));
    const short = analyst.ask(SHORT);
    underWay.abort();
    expect((await Promise.all(outcomes)).map(codeOf)).toEqual(outcomes.map(() => "cancelled"));
    expect(await short).toMatchObject(everybody);
  });

  test("as many as may are answered and wait, any further one is told to come again", async () => {
    const analyst = analystWith({ questionsAtOnceMax: 2, questionsWaitingMax: 1 });
    const leaving = new AbortController();
    const busy = [1, 2].map(() => analyst.ask(LONG, leaving.signal));
    const waiting = analyst.ask(SHORT);
    expect(await analyst.ask(SHORT)).toMatchObject({ code: "too-many-questions" });
    leaving.abort();
    expect((await Promise.all(busy)).map(codeOf)).toEqual(["cancelled", "cancelled"]);
    expect(await waiting).toMatchObject(everybody);
  });

  test("while a question is under way others go on, and commits with them", async () => {
    const analyst = analystWith();
    const leaving = new AbortController();
    let isAnswered = false;
    const long = analyst.ask(LONG, leaving.signal).finally(() => (isAnswered = true));
    for (let number = 0; number < 20; number++) {
      const { basis } = await store.load({ identifiers: [], pairs: [], traits: [], events: [] });
      const commit = commitOf({ events: [event(`meanwhile ${number}`, null)] });
      expect(await store.commit(commit, basis)).toBe("committed");
    }
    expect(isAnswered).toBe(false);
    leaving.abort();
    expect(codeOf(await long)).toBe("cancelled");
  });

  test("a fault of ours is told with its message, and the next question is answered", async () => {
    const analyst = analystWith();
    const unknown = { kind: "funnel", question: { steps: 1 } } as unknown as AskedQuestion;
    await expect(analyst.ask(unknown)).rejects.toThrow(/steps\.map is not a function/);
    expect(await analyst.ask(SHORT)).toMatchObject(everybody);
  });

  test("closing gives up what is asked, and whatever is asked later", async () => {
    const analyst = new Analyst({ store, limits: { ...PATIENT, questionsAtOnceMax: 1 } });
    const asked = [LONG, SHORT].map((question) => analyst.ask(question));
    await analyst.close();
    expect((await Promise.all(asked)).map(codeOf)).toEqual(["cancelled", "cancelled"]);
    expect(codeOf(await analyst.ask(SHORT))).toBe("cancelled");
    await analyst.close();
  });
});

test("a database that is gone is told as such", async () => {
  const file = join(temporaryFolder(), "a.db");
  const store = new SqliteStore(file);
  await store.close();
  rmSync(file);
  expect(existsSync(file)).toBe(false);
  const analyst = new Analyst({ store, limits: PATIENT });
  onTestFinished(() => analyst.close());
  const failure: unknown = await analyst.ask(SHORT).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure).toMatchObject({
    fault: "unavailable",
    message: `there is no database at ${file}`,
  });
});
