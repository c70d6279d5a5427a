import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";

import { expect, onTestFinished, test } from "vitest";
import { QuestionTooLarge } from "../../src/analyst/desk.ts";
import { ThreadDesk } from "../../src/analyst/thread-desk.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { commitOf, event } from "../support/commits.ts";
import { crowd, crowdNode, LONG, SHORT } from "../support/crowd.ts";
import { temporaryFolder } from "../support/temporary.ts";

async function crowded(
  people: number,
  payload?: string,
): Promise<{ readonly file: string; readonly store: SqliteStore }> {
  const file = join(temporaryFolder(), "a.db");
  const store = new SqliteStore(file);
  onTestFinished(() => store.close());
  await crowd(store, people, payload);
  return { file, store };
}

async function commitOne(store: SqliteStore, key: string): Promise<void> {
  const { basis } = await store.load({ identifiers: [], pairs: [], traits: [], events: [] });
  expect(await store.commit(commitOf({ events: [event(key, null)] }), basis)).toBe("committed");
}

/** Whether somebody reads the file as of a moment before its last commit. */
function isReadByOthers(file: string): boolean {
  const client = new Database(file, { timeout: 0 });
  try {
    const [{ busy }] = client.pragma("wal_checkpoint(TRUNCATE)") as [{ readonly busy: 0 | 1 }];
    return busy === 1;
  } finally {
    client.close();
  }
}

test("a desk that is ended stops in the middle of a question and lets go of the database", async () => {
  const { file, store } = await crowded(2000);
  const desk = new ThreadDesk(file);
  const answer = desk.answer(LONG).then(
    () => "answered",
    (error: unknown) => String(error),
  );
  for (let number = 0; !isReadByOthers(file); number++) {
    await commitOne(store, `${number}`);
    await setImmediate();
  }
  await desk.end();
  expect(isReadByOthers(file)).toBe(false);
  expect(await answer).toMatch(/ended with 1/);
});

test("the same desk answers one question after the other", async () => {
  const { file } = await crowded(3);
  const desk = new ThreadDesk(file);
  const first = await desk.answer(SHORT);
  expect(first).toMatchObject({ people: 3 });
  expect(await desk.answer(SHORT)).toEqual(first);
  await desk.end();
});

test("one person with more events than there is memory for ends a question, and nothing else with it", async () => {
  const { file, store } = await crowded(1);
  const { basis } = await store.load({
    identifiers: [crowdNode(0).id],
    pairs: [],
    traits: [],
    events: [],
  });
  const events = Array.from({ length: 30_000 }, (_, number) => event(`${number}`, crowdNode(0)));
  expect(await store.commit(commitOf({ events }), basis)).toBe("committed");
  const desk = new ThreadDesk(file, { memoryMebibytes: 1 });
  await expect(desk.answer(SHORT)).rejects.toThrow(QuestionTooLarge);
  await desk.end();
});

test("a question that needs more memory than it may have ends, and nothing else with it", async () => {
  const { file } = await crowded(3000, JSON.stringify({ text: "x".repeat(200) }));
  const desk = new ThreadDesk(file, { memoryMebibytes: 1 });
  await expect(desk.answer(SHORT)).rejects.toThrow(QuestionTooLarge);
  // It is told, and the thread goes on.
  await expect(desk.answer(SHORT)).rejects.toThrow(/needs more than 1 MiB of memory/);
  await desk.end();
});
