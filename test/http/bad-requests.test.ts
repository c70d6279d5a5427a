/** What is no HTTP request, or too large a one: answered shortly with problem details, counted, and no harm done. */
import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { listen } from "../support/listening.ts";
import { answersIn, postHead, RawSender } from "../support/raw-sender.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, bodyBytesMax: 1000 }
limits: { headerBytesMax: 2048 }
`;
const NEVER_TOLD = /\n\s*at |node_modules|\.ts\b|HPE_|Error:/;

const REQUESTS: readonly {
  readonly what: string;
  readonly text: string;
  readonly status: number;
  readonly code: string;
}[] = [
  { what: "no HTTP", text: "hello\r\n\r\n", status: 400, code: "malformed-request" },
  {
    what: "a TLS greeting",
    text: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    status: 400,
    code: "malformed-request",
  },
  {
    what: "another version",
    text: "POST / HTTP/7.3\r\n\r\n",
    status: 400,
    code: "malformed-request",
  },
  {
    what: "two lengths",
    text: postHead("crm", 2, "Content-Length: 3\r\n"),
    status: 400,
    code: "malformed-request",
  },
  {
    what: "a length and chunks",
    text: postHead("crm", 2, "Transfer-Encoding: chunked\r\n"),
    status: 400,
    code: "malformed-request",
  },
  {
    what: "headers that are too large",
    text: postHead("crm", 2, `X-Large: ${"x".repeat(3000)}\r\n`),
    status: 431,
    code: "headers-too-large",
  },
  {
    what: "headers without end",
    text: `POST /webhooks/crm HTTP/1.1\r\n${"X-More: x\r\n".repeat(300)}`,
    status: 431,
    code: "headers-too-large",
  },
  {
    what: "a connection to somebody else",
    text: "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
    status: 400,
    code: "malformed-request",
  },
];

test("each is answered with problem details and counted, and the service goes on", async () => {
  const service = await listen(CONFIG);
  for (const { what, text, status, code } of REQUESTS) {
    const sender = await RawSender.open(service.url, text);
    const [answer, ...more] = await sender.answers();
    expect({ what, more, status: answer?.status }).toEqual({ what, more: [], status });
    expect(answer!.head).toMatch(/\ncontent-type: application\/problem\+json\r/);
    expect(JSON.parse(answer!.body)).toEqual({
      type: `urn:selfsame:problem:${code}`,
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/\S.*\.$/),
    });
    expect(answer!.body).not.toMatch(NEVER_TOLD);
  }
  expect(await service.counts()).toEqual({ "nobody rejected": REQUESTS.length });
  expect(service.errors).toEqual([]);
});

test("an address that is none, or a host that is none, is answered with problem details and counted", async () => {
  const service = await listen(CONFIG);
  const heads = [
    "POST /a\\b HTTP/1.1\r\nHost: x",
    "POST / HTTP/1.1\r\nHost: a/b?c",
    "POST /webhooks/crm HTTP/1.1\r\nHost: x:99999",
    "POST /webhooks/crm HTTP/1.1",
    "OPTIONS * HTTP/1.1\r\nHost: x",
  ];
  for (const head of heads) {
    const sender = await RawSender.open(
      service.url,
      `${head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    const [answer] = await sender.answers();
    expect({ head, status: answer?.status }).toEqual({ head, status: 400 });
    expect(JSON.parse(answer!.body)).toMatchObject({
      type: "urn:selfsame:problem:malformed-request",
    });
  }
  expect(await service.counts()).toEqual({ "nobody rejected": heads.length });
});

test("who needs not name the host, or expects what nobody knows, is served", async () => {
  const service = await listen(CONFIG);
  const typed = "Content-Type: application/json\r\nContent-Length: 10\r\n";
  for (const head of [
    `POST /webhooks/crm HTTP/1.0\r\n${typed}`,
    `POST /webhooks/crm HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 200-ok\r\n${typed}`,
  ]) {
    const sender = await RawSender.open(service.url, `${head}\r\n{"id":"u"}`);
    expect((await sender.answers()).map(({ status }) => status)).toEqual([200]);
  }
  expect(await service.counts()).toEqual({ "crm accepted": 1, "crm duplicate": 1 });
});

test("garbage behind a request that is still worked on is answered after it, and both are counted", async () => {
  const service = await listen(CONFIG);
  const goOn = service.block();
  const sender = await RawSender.open(
    service.url,
    `${postHead("crm", 10)}{"id":"u"}garbage\r\n\r\n`,
  );
  await (await fetch(`${service.url}/healthz`)).text();
  expect(sender.received).toBe("");
  goOn();
  const answers = await sender.answers();
  expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  expect(await service.counts()).toEqual({ "crm accepted": 1, "nobody rejected": 1 });
});

test("a body whose chunks are malformed is answered 400 and counted once, for its source", async () => {
  const service = await listen(CONFIG);
  const sender = await RawSender.open(service.url, `${postHead("crm")}5\r\n{"id"\r\nZZ\r\n`);
  expect((await sender.answers()).map(({ status }) => status)).toEqual([400]);
  expect(await service.counts()).toEqual({ "crm rejected": 1 });
});

test("who asks whether to go on is refused before the body where it is too large, else told to", async () => {
  const service = await listen(CONFIG);
  const ask = "Expect: 100-continue\r\n";
  const refused = await RawSender.open(service.url, postHead("crm", 5000, ask));
  const [answer, ...more] = await refused.answers();
  expect({ status: answer?.status, more }).toEqual({ status: 413, more: [] });

  const welcome = request(`${service.url}/webhooks/crm`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": 10, expect: "100-continue" },
  });
  welcome.flushHeaders();
  await once(welcome, "continue");
  welcome.end('{"id":"u"}');
  const [response] = await once(welcome, "response");
  expect(response.statusCode).toBe(200);
  expect(response.headers.connection).not.toBe("close");
  response.resume();
  expect(await service.counts()).toEqual({ "crm accepted": 1, "crm rejected": 1 });
});

test("the canary: an answer that is none is found out", () => {
  expect(() => answersIn("hello\r\n\r\n")).toThrow("no answer");
});
