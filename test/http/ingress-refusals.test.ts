/** What a sender is told of a body that cannot be taken, over real HTTP and raw sockets. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { ask, postJson, request, type Answer } from "../support/sender.ts";
import { serviceFiles, startService } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id }
  small: { replaceProfileId: id, bodyBytesMax: 1000 }
  list: { replaceProfileId: id, events: "data.items" }
  closed: { replaceProfileId: id, enabled: false }
`;

const JSON_TYPE = "application/json";
const MEBIBYTE = 2 ** 20;

function post(
  url: string,
  source: string,
  body: string | Uint8Array<ArrayBuffer>,
  contentType: string | undefined = JSON_TYPE,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers = contentType === "" ? more : { "content-type": contentType, ...more };
  // As bytes, because fetch would give a text a content type of its own.
  return request(`${url}/webhooks/${source}`, { method: "POST", headers, body: Buffer.from(body) });
}

/** Posts twice what is allowed without a declared length, and never ends. */
async function postWithoutEnd(url: string, source: string): Promise<Answer> {
  const sending = httpRequest(`${url}/webhooks/${source}`, {
    method: "POST",
    headers: { "content-type": JSON_TYPE },
  });
  sending.write(Buffer.alloc(2 * MEBIBYTE, " "));
  const [response] = await once(sending, "response");
  // The service cuts off what goes on coming; the answer is there by then.
  sending.on("error", () => {});
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += part;
  sending.destroy();
  return {
    status: response.statusCode,
    headers: new Headers({ "content-type": response.headers["content-type"] }),
    text,
  };
}

interface Refusal {
  readonly what: string;
  readonly send: (url: string) => Promise<Answer>;
  readonly status: number;
  readonly code: string;
}

const refusals: readonly Refusal[] = [
  {
    what: "a body that is not JSON",
    send: (url) => post(url, "crm", '{"secret":"hunter2"'),
    status: 400,
    code: "unparseable",
  },
  {
    what: "an empty body",
    send: (url) => post(url, "crm", ""),
    status: 400,
    code: "unparseable",
  },
  {
    what: "a body that is not UTF-8",
    send: (url) => post(url, "crm", Uint8Array.from([0x22, 0xff, 0x22])),
    status: 400,
    code: "unparseable",
  },
  {
    what: "a form that is not UTF-8",
    send: (url) =>
      post(url, "crm", Uint8Array.from([0x61, 0x3d, 0xff]), "application/x-www-form-urlencoded"),
    status: 400,
    code: "unparseable",
  },
  {
    what: "JSON that is too deep",
    send: (url) => post(url, "crm", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`),
    status: 400,
    code: "unparseable",
  },
  {
    what: "JSON that is deeper than any stack",
    send: (url) => post(url, "crm", "[".repeat(500_000)),
    status: 400,
    code: "unparseable",
  },
  {
    what: "an unknown source",
    send: (url) => post(url, "nobody", "{}"),
    status: 404,
    code: "unknown-source",
  },
  {
    what: "a source named like a property of every object",
    send: (url) => post(url, "__proto__", "{}"),
    status: 404,
    code: "unknown-source",
  },
  {
    what: "a disabled source",
    send: (url) => post(url, "closed", "{}"),
    status: 403,
    code: "disabled-source",
  },
  {
    what: "a body larger than the source allows",
    send: (url) => post(url, "small", JSON.stringify({ id: "x".repeat(1000) })),
    status: 413,
    code: "body-too-large",
  },
  {
    what: "a body larger than any may be, by its declared length",
    send: (url) => post(url, "crm", new Uint8Array(2 * MEBIBYTE)),
    status: 413,
    code: "body-too-large",
  },
  {
    what: "a body without declared length and without end",
    send: (url) => postWithoutEnd(url, "crm"),
    status: 413,
    code: "body-too-large",
  },
  {
    what: "an unknown content type",
    send: (url) => post(url, "crm", "<id/>", "text/xml"),
    status: 415,
    code: "unknown-content-type",
  },
  {
    what: "no content type",
    send: (url) => post(url, "crm", "{}", ""),
    status: 415,
    code: "unknown-content-type",
  },
  {
    what: "a foreign charset",
    send: (url) => post(url, "crm", "{}", "application/json; charset=iso-8859-1"),
    status: 415,
    code: "unknown-content-type",
  },
  {
    what: "a body in an encoding that is not read",
    send: (url) => post(url, "crm", "{}", JSON_TYPE, { "content-encoding": "br" }),
    status: 415,
    code: "unknown-content-type",
  },
  {
    what: "a body that is not compressed as it says",
    send: (url) => post(url, "crm", "{}", JSON_TYPE, { "content-encoding": "gzip" }),
    status: 400,
    code: "unparseable",
  },
  {
    what: "a small body that expands beyond any limit",
    send: (url) => {
      const bomb = gzipSync(Buffer.alloc(64 * MEBIBYTE));
      return post(url, "crm", bomb, JSON_TYPE, { "content-encoding": "gzip" });
    },
    status: 413,
    code: "body-too-large",
  },
  {
    what: "a form with too many fields",
    send: (url) => post(url, "crm", "a=&".repeat(1001), "application/x-www-form-urlencoded"),
    status: 400,
    code: "unparseable",
  },
  {
    what: "a form without the boundary between its parts",
    send: (url) => post(url, "crm", "a=1", "multipart/form-data"),
    status: 400,
    code: "unparseable",
  },
  {
    what: "GET",
    send: (url) => request(`${url}/webhooks/crm`),
    status: 405,
    code: "method-not-allowed",
  },
  {
    what: "DELETE of a collected event",
    send: (url) => request(`${url}/collect/login/crm`, { method: "DELETE" }),
    status: 405,
    code: "method-not-allowed",
  },
  {
    what: "an address where nothing is",
    send: (url) => request(`${url}/webhooks`, { method: "POST" }),
    status: 404,
    code: "not-found",
  },
];

/** Stack frames, paths of source files, and what the bodies above hold. */
const NEVER_TOLD = /\n\s*at |node_modules|\.ts\b|hunter2/;

test("what cannot be read is refused with problem details and counted, and the service goes on", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), CONFIG));
  for (const { what, send, status, code } of refusals) {
    const answer = await send(service.url);
    const told = {
      what,
      status: answer.status,
      type: answer.headers.get("content-type"),
      problem: JSON.parse(answer.text) as unknown,
    };
    expect(told).toEqual({
      what,
      status,
      type: "application/problem+json",
      problem: {
        type: `urn:selfsame:problem:${code}`,
        title: expect.any(String),
        status,
        detail: expect.stringMatching(/\S.*\.$/),
      },
    });
    expect(answer.text).not.toMatch(NEVER_TOLD);
  }
  const methods = await request(`${service.url}/webhooks/crm`);
  expect(methods.headers.get("allow")).toBe("POST");

  const { received, outcomes } = await ask<StatsView>(service.url, "/v1/stats");
  const deliveries = refusals.filter(({ status, code }) => status !== 405 && code !== "not-found");
  expect(received).toEqual({ deliveries: deliveries.length, events: 0 });
  expect(outcomes.every(({ outcome }) => outcome === "rejected")).toBe(true);
  expect(service.stderr).toBe("");
});

test("a body that was read but holds no event is answered 200 and quarantined, with the reason", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), CONFIG));
  const bodies = [
    ["crm", "7"],
    ["crm", '"text"'],
    ["crm", "null"],
    ["crm", "[1]"],
    ["list", '{"id":1}'],
    ["list", '{"data":{"items":7}}'],
  ] as const;
  for (const [source, body] of bodies) {
    const { events } = await postJson(service.url, source, body);
    const quarantined = {
      event: expect.stringMatching(/^ev_/),
      outcome: "quarantined",
      reason: expect.stringMatching(/object|data\.items/),
    };
    expect({ body, events }).toEqual({ body, events: [quarantined] });
    const again = await postJson(service.url, source, body);
    expect(again.events).toEqual([
      {
        event: events[0]!.event,
        outcome: "duplicate",
        reason: "an event of this id is quarantined already",
      },
    ]);
  }
});

test("a body that breaks off is counted as rejected, and is no fault of the service", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), CONFIG));
  const { hostname, port } = new URL(service.url);
  const head = "POST /webhooks/crm HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  for (const rest of [
    "Content-Length: 50\r\n\r\n{",
    'Transfer-Encoding: chunked\r\n\r\n5\r\n{"id"\r\n',
  ]) {
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    // Only once all of it is on its way; the service reads it in order, the end of the connection last.
    await new Promise<void>((written) => socket.end(head + rest, written));
    await once(socket.resume(), "close");
  }
  const { outcomes } = await ask<StatsView>(service.url, "/v1/stats");
  expect(outcomes).toEqual([{ source: "crm", outcome: "rejected", deliveries: 2, events: 0 }]);
  expect(service.stderr).toBe("");
});
