/** Senders that are slow, silent or too many, on real sockets: they keep nobody else out, are told so, and are counted. */
import { expect, test } from "vitest";
import { listen, type Listening } from "../support/listening.ts";
import { answersIn, postHead, RawSender } from "../support/raw-sender.ts";
import { postJson } from "../support/sender.ts";

const SOURCES = `
sources:
  crm: { replaceProfileId: id, eventId: n }
`;

function withLimits(limits: string): string {
  return `${SOURCES}limits: { ${limits} }\n`;
}

/** A JSON object of exactly this many bytes. */
function bodyOf(length: number, id = "u"): string {
  const empty = JSON.stringify({ id, n: id, text: "" });
  return JSON.stringify({ id, n: id, text: "x".repeat(length - empty.length) });
}

function expectProblem(
  text: string,
  { status, code }: { readonly status: number; readonly code: string },
): void {
  const [answer, ...more] = answersIn(text);
  expect(more).toEqual([]);
  expect(answer?.head).toMatch(/\ncontent-type: application\/problem\+json\r/);
  expect(answer?.head).toMatch(/\nconnection: close\r/);
  expect(/\nretry-after: \d+\r/.test(answer?.head ?? "")).toBe(status === 503);
  expect(answer?.status).toBe(status);
  expect(JSON.parse(answer?.body ?? "")).toEqual({
    type: `urn:selfsame:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.stringMatching(/\S.*\.$/),
  });
}

/** Resolves when the service has read what was sent before: it reads in the order in which things arrive. */
async function settled({ url }: Listening): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await (await fetch(`${url}/healthz`)).text();
}

test("300 who send a byte now and then do not stop a fast one, and are all taken in the end (I7)", async () => {
  const service = await listen(SOURCES);
  const SLOW = 300;
  const bodies = Array.from({ length: SLOW }, (_, index) => bodyOf(60, `s${index}`));
  const texts = bodies.map((body, index) => {
    const whole = postHead("crm", body.length, "Connection: close\r\n") + body;
    // Half of them are slow with their headers, the others with their bodies.
    return { whole, sent: index % 2 === 0 ? 10 : whole.length - body.length + 1 };
  });
  const slow = await Promise.all(
    texts.map(({ whole, sent }) => RawSender.open(service.url, whole.slice(0, sent))),
  );
  const FAST = 30;
  for (let round = 0; round < FAST; round++) {
    await Promise.all(
      slow.map((sender, index) => {
        const { whole, sent } = texts[index]!;
        return sender.send(whole.slice(sent + round, sent + round + 1));
      }),
    );
    const { events } = await postJson(service.url, "crm", { id: `f${round}`, n: `f${round}` });
    expect(events[0]?.outcome).toBe("accepted");
  }
  expect(slow.every(({ isOpen, received }) => isOpen && received === "")).toBe(true);
  await Promise.all(
    slow.map((sender, index) => {
      const { whole, sent } = texts[index]!;
      return sender.send(whole.slice(sent + FAST));
    }),
  );
  for (const sender of slow) expect((await sender.answers())[0]?.status).toBe(200);
  expect(await service.counts()).toEqual({ "crm accepted": SLOW + FAST });
});

test("a body that is not whole when its time is up is answered 408, one that is in time is taken", async () => {
  const service = await listen(withLimits("bodySecondsMax: 0.3"));
  const late = await RawSender.open(service.url, `${postHead("crm", 100)}{`);
  const chunked = await RawSender.open(service.url, `${postHead("crm")}1\r\n{\r\n`);
  const nothing = await RawSender.open(service.url, postHead("crm", 100));
  await postJson(service.url, "crm", { id: "u", n: 1 });
  for (const sender of [late, chunked, nothing]) {
    await sender.closed;
    expectProblem(sender.received, { status: 408, code: "too-slow" });
  }
  expect(await service.counts()).toEqual({ "crm accepted": 1, "crm rejected": 3 });
});

test("headers that are not whole when their time is up are answered 408; who sent nothing is only hung up on", async () => {
  const service = await listen(withLimits("headersSecondsMax: 0.3"));
  const silent = await RawSender.open(service.url);
  const begun = await RawSender.open(service.url, "POST /webhooks/crm HTTP/1.1\r\nHost");
  await begun.closed;
  expectProblem(begun.received, { status: 408, code: "too-slow" });
  await silent.closed;
  expect(silent.received).toBe("");
  expect(await service.counts()).toEqual({ "nobody rejected": 1 });
});

test("where bodies exceed their memory together a slow one gives way, not the fast one", async () => {
  const service = await listen(withLimits("pendingBytesMax: 100000"));
  const body = bodyOf(40_000);
  const head = postHead("crm", body.length);
  const slow: RawSender[] = [];
  for (let index = 0; index < 3; index++) {
    slow.push(await RawSender.open(service.url, head + body.slice(0, 30_000)));
    await settled(service);
  }
  // The slow ones hold 90,000 of 100,000 bytes; the fast one needs as much as another of them.
  await postJson(service.url, "crm", bodyOf(30_000, "fast"));
  const cutOff = await Promise.race(slow.map((sender) => sender.closed.then(() => sender)));
  expectProblem(cutOff.received, { status: 503, code: "overloaded" });
  const others = slow.filter((sender) => sender !== cutOff);
  expect(others.map(({ isOpen, received }) => isOpen && received === "")).toEqual([true, true]);
  for (const sender of others) {
    await sender.send(body.slice(30_000));
    await sender.heard(/^HTTP\/1\.1 200 /);
  }
  // Two senders gave the same event.
  expect(await service.counts()).toEqual({
    "crm accepted": 2,
    "crm duplicate": 1,
    "crm rejected": 1,
  });
});

test("declared lengths keep nobody out: only what came in counts", async () => {
  const service = await listen(withLimits("pendingBytesMax: 100000"));
  const head = postHead("crm", 100_000);
  const slow = await Promise.all(
    Array.from({ length: 50 }, () => RawSender.open(service.url, `${head}{`)),
  );
  await settled(service);
  await postJson(service.url, "crm", bodyOf(50_000));
  expect(slow.every(({ isOpen, received }) => isOpen && received === "")).toBe(true);
});

test("of too many unfinished bodies the slowest gives way", async () => {
  const service = await listen(withLimits("unfinishedBodiesMax: 2"));
  const head = postHead("crm", 20_000);
  const drip = await RawSender.open(service.url, `${head}{`);
  await settled(service);
  const more = await RawSender.open(service.url, head + "{".repeat(19_000));
  await settled(service);
  const third = await RawSender.open(service.url, head + "{".repeat(19_000));
  await drip.closed;
  expectProblem(drip.received, { status: 503, code: "overloaded" });
  await settled(service);
  expect([more.isOpen, third.isOpen]).toEqual([true, true]);
});

test("a connection too many takes the place of the one that waited longest; who is owed an answer stays", async () => {
  const service = await listen(withLimits("connectionsMax: 4"));
  const goOn = service.block();
  const body = bodyOf(60);
  const owed = await RawSender.open(service.url, postHead("crm", body.length) + body);
  const begun = await RawSender.open(service.url, "POST /webhooks/crm HTTP/1.1\r\n");
  const silent = await RawSender.open(service.url);
  const unfinished = await RawSender.open(service.url, `${postHead("crm", 100)}{`);
  const first = await RawSender.open(service.url);
  await begun.closed;
  expectProblem(begun.received, { status: 503, code: "overloaded" });
  const second = await RawSender.open(service.url);
  await silent.closed;
  expect(silent.received).toBe("");
  expect([owed, unfinished, first, second].every(({ isOpen }) => isOpen)).toBe(true);
  goOn();
  await owed.heard(/^HTTP\/1\.1 200 /);
  await unfinished.send(`${" ".repeat(98)}}`);
  await unfinished.heard(/^HTTP\/1\.1 200 /);
});

test("a connection whose answer nobody takes is closed", async () => {
  const service = await listen(withLimits("answerSecondsMax: 0.3, idleSecondsMax: 60"));
  const sender = await RawSender.open(service.url);
  sender.stopReading();
  const ask = "GET /v1/stats HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(1000);
  // More is asked for than the buffers of two sockets hold answers; then nothing moves any more.
  let asked = 0;
  const pour = async (): Promise<void> => {
    while (sender.isOpen && asked < 100_000) {
      await sender.send(ask);
      asked += 1000;
    }
  };
  await Promise.race([pour(), sender.closed]);
  await sender.closed;
  expect(asked).toBeLessThan(100_000);
});
