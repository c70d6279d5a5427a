/** Questions beside everything else that the service does: whatever they take, senders are answered. */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AskOutcome } from "../../src/analyst.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { crowd, LONG_STEPS } from "../support/crowd.ts";
import { listen, type Listening } from "../support/listening.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Enough for a question of a minute and more. */
const PEOPLE = 3000;

async function crowded(limits: string): Promise<Listening> {
  const store = new SqliteStore(join(temporaryFolder(), "a.db"));
  await crowd(store, PEOPLE);
  const source = "{ replaceProfileId: user, eventId: id, eventType: type }";
  return listen(`sources: { chat: ${source} }\nlimits: ${limits}`, store);
}

function postJson(url: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

function askLong({ url }: Listening, signal?: AbortSignal): Promise<Response> {
  return postJson(`${url}/v1/funnel`, { steps: LONG_STEPS }, signal);
}

async function postEvent({ url }: Listening, id: string): Promise<number> {
  const answer = await postJson(`${url}/webhooks/chat`, { id, user: id, type: "message" });
  await answer.body?.cancel();
  return answer.status;
}

async function eventCount({ url }: Listening): Promise<number> {
  const answer = await fetch(`${url}/v1/timeline`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { readonly events: number }).events;
}

async function told(answer: Response) {
  const { type } = (await answer.json()) as { readonly type: string };
  return { status: answer.status, type, retryAfter: answer.headers.get("retry-after") };
}

/** The next question that is asked, as soon as it is. */
function nextAsked({ service: { analyst } }: Listening): Promise<{ outcome: Promise<AskOutcome> }> {
  const ask = analyst.ask.bind(analyst);
  return new Promise((resolve) => {
    analyst.ask = (asked, signal) => {
      analyst.ask = ask;
      const outcome = ask(asked, signal);
      resolve({ outcome });
      return outcome;
    };
  });
}

test("a question beyond its limit is 503, meanwhile whatever is posted is committed, and then questions are answered again", async () => {
  const service = await crowded("{ questionSecondsMax: 5, questionsAtOnceMax: 1 }");
  const state = { isAnswered: false };
  const answer = askLong(service).finally(() => (state.isAnswered = true));
  let posted = 0;
  for (; !state.isAnswered; posted++) expect(await postEvent(service, `e${posted}`)).toBe(200);
  expect(await told(await answer)).toEqual({
    status: 503,
    type: "urn:selfsame:problem:question-too-long",
    retryAfter: "60",
  });
  expect(posted).toBeGreaterThan(1);
  expect(await eventCount(service)).toBe(PEOPLE + posted);
  expect(service.errors).toEqual([]);
});

test("whoever hangs up cancels their question, and the next has its place", async () => {
  const service = await crowded("{ questionSecondsMax: 600, questionsAtOnceMax: 1 }");
  const asked = nextAsked(service);
  const leaving = new AbortController();
  const answer = askLong(service, leaving.signal);
  const { outcome } = await asked;
  leaving.abort();
  await expect(answer).rejects.toThrow(/aborted/);
  expect(await outcome).toMatchObject({ code: "cancelled" });
  expect(await eventCount(service)).toBe(PEOPLE);
});

test("more questions than may be asked at once and wait are 503, and those are told when to come again", async () => {
  const service = await crowded(
    "{ questionSecondsMax: 600, questionsAtOnceMax: 1, questionsWaitingMax: 1 }",
  );
  const leaving = new AbortController();
  const outcomes: Promise<AskOutcome>[] = [];
  const answers: Promise<unknown>[] = [];
  for (let number = 0; number < 2; number++) {
    const asked = nextAsked(service);
    answers.push(askLong(service, leaving.signal).catch((error: unknown) => error));
    outcomes.push((await asked).outcome);
  }
  expect(await told(await fetch(`${service.url}/v1/timeline`))).toEqual({
    status: 503,
    type: "urn:selfsame:problem:too-many-questions",
    retryAfter: "5",
  });
  expect(await postEvent(service, "meanwhile")).toBe(200);
  leaving.abort();
  await Promise.all(answers);
  expect(await Promise.all(outcomes)).toMatchObject([{ code: "cancelled" }, { code: "cancelled" }]);
  expect(await eventCount(service)).toBe(PEOPLE + 1);
});

test("a service that stops gives up its questions, and says so", async () => {
  const service = await crowded("{ questionSecondsMax: 600 }");
  const asked = nextAsked(service);
  const answer = askLong(service);
  await asked;
  await service.service.analyst.close();
  expect(await told(await answer)).toMatchObject({
    status: 503,
    type: "urn:selfsame:problem:cancelled",
  });
});

test("a fault of ours in a question is a 500 without a stack, and the log has it", async () => {
  const service = await crowded("{}");
  const { analyst } = service.service;
  const ask = analyst.ask.bind(analyst);
  // A question that no route would let through.
  analyst.ask = (asked, signal) => ask({ ...asked, question: { steps: 1 } as never }, signal);
  const answer = await postJson(`${service.url}/v1/funnel`, { steps: LONG_STEPS });
  const text = await answer.text();
  expect(answer.status).toBe(500);
  expect(text).not.toMatch(/steps|at /);
  expect(String(service.errors[0])).toContain("steps.map is not a function");
});
