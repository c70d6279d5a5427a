/** Whatever is posted: a body is read or it is told why not, and what is read is what is kept. */
import { isDeepStrictEqual } from "node:util";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseBody, type ParsedBody } from "../../src/extract/body.ts";
import { requestOf, sourceOf } from "../support/bodies.ts";

const LIMITS = "{ eventsPerDeliveryMax: 3, jsonDepthMax: 5, formFieldsMax: 6, bodyBytesMax: 2000 }";

const sources = [
  "{}",
  "{ events: items, jsonFields: [payload] }",
  "{ events: '$..a', jsonFields: [payload, a] }",
  "{ events: 'items[].a' }",
].map((yaml) => sourceOf(yaml, LIMITS));

const key = fc.constantFrom("a", "items", "payload", "__proto__", "constructor", "0", "", "é");

const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom(null, true, 1.5, "x", "\u2028", 2 ** 60),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3 }),
  ),
}));

const jsonText = fc
  .tuple(json, fc.constantFrom("", " "))
  .map(([value, space]) => JSON.stringify(value, null, space))
  // What printing never gives: repeated keys, and numbers that no double holds.
  .map((text) => text.replaceAll("1.5", "12345678901234567890").replaceAll('"0":', '"a":'));

const fieldName = fc
  .tuple(
    key,
    fc.array(fc.constantFrom("[a]", "[]", "[0]", "[1]", "[", "]", "[__proto__]"), { maxLength: 6 }),
  )
  .map(([root, rest]) => root + rest.join(""));

const form = fc
  .array(fc.tuple(fieldName, fc.oneof(jsonText, fc.constantFrom("x", "%", "%ff", "utf-8"))), {
    maxLength: 8,
  })
  .map((pairs) =>
    pairs
      .map(
        ([name, value]) => `${name}=${value.startsWith("%") ? value : encodeURIComponent(value)}`,
      )
      .join("&"),
  );

const partHead = fc.constantFrom(
  "",
  "; filename=x",
  '; filename="',
  "\r\nContent-Type: text/plain; charset=latin1",
  "\r\n odd",
  "\r\nodd",
);

const multipart = fc
  .tuple(
    fc.constantFrom("", "preamble\r\n"),
    fc.array(fc.tuple(fieldName, partHead, jsonText), { maxLength: 8 }),
    fc.constantFrom("--b--", "--b", "--b--\r\nepilogue", "", "--b \r\n--b--"),
  )
  .map(
    ([before, parts, end]) =>
      before +
      parts
        .map(
          ([name, head, text]) =>
            `--b\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${text}\r\n`,
        )
        .join("") +
      end,
  );

const lines = fc
  .array(fc.oneof(jsonText, fc.constantFrom("", " ", "{", "\ufeff{}")), { maxLength: 5 })
  .map((texts) => texts.join("\n"));

const plainBody = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .oneof(jsonText, lines, form, multipart, fc.constantFrom("", " ".repeat(5000)))
    .map((text) => Buffer.from(text)),
  fc
    .tuple(jsonText, fc.constantFrom("[", "]", "\ufeff", "\0"))
    .map((parts) => Buffer.from(parts.join(""))),
);

const encoding = fc.constantFrom(
  undefined,
  "",
  "identity",
  "gzip",
  "x-gzip",
  "deflate",
  "br",
  "gzip, gzip",
);

const body = fc
  .tuple(
    plainBody,
    fc.constantFrom(undefined, gzipSync, deflateSync, deflateRawSync),
    fc.nat({ max: 400 }),
  )
  .map(([bytes, way, cut]) => {
    const compressed = way === undefined ? bytes : way(bytes);
    // Most are whole.
    return cut < 20 ? compressed.subarray(0, -cut - 1) : compressed;
  });

const contentType = fc.oneof(
  fc.constantFrom(
    undefined,
    "",
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON;charset",
    'application/json; charset="',
    "application/cloudevents-batch+json",
    "application/x-ndjson",
    "application/jsonl; charset=latin1",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    'multipart/form-data; boundary="b"; x="\\',
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/mixed; boundary=b",
    ";;=",
  ),
  fc.string(),
);

const headers = fc.dictionary(
  fc.constantFrom("ce-id", "ce-source", "webhook-id", "content-type"),
  fc.string(),
  { maxKeys: 2 },
);

const request = fc
  .record({ body, contentType, encoding, headers })
  .map(({ body: bytes, contentType: type, encoding: name, headers: more }) =>
    requestOf(bytes, {
      contentType: type ?? null,
      headers: name === undefined ? more : { ...more, "content-encoding": name },
    }),
  );

const FAULTS = ["unparseable", "unknown-content-type", "body-too-large"];

function expectSound(parsed: ParsedBody): void {
  switch (parsed.kind) {
    case "events":
      expect(parsed.subjects.length).toBeLessThanOrEqual(3);
      if (!parsed.many) expect(parsed.subjects).toHaveLength(1);
      // What is kept says what was understood, to the last key.
      for (const { body: value, json: text } of parsed.subjects)
        expect(isDeepStrictEqual(JSON.parse(text.text), value)).toBe(true);
      return;
    case "unmappable":
      expect(parsed.reason).not.toBe("");
      return;
    case "fault":
      expect(FAULTS).toContain(parsed.fault.code);
      expect(parsed.fault.detail).toMatch(/^[A-Z].*\.$/s);
  }
}

test("no bytes under any headers are thrown at, and every event is its text", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(request, fc.constantFrom(...sources), (parts, source) => {
      const parsed = parseBody(parts, source);
      seen.add(parsed.kind === "fault" ? parsed.fault.code : parsed.kind);
      expectSound(parsed);
    }),
    { numRuns: 5000 },
  );
  // The canary: what is generated reaches every way out.
  expect([...seen].toSorted()).toEqual(["events", "unmappable", ...FAULTS].toSorted());
});

test("bodies under their own content type are read as often as they should be", () => {
  const typed = fc.oneof(
    fc.tuple(form, fc.constant("application/x-www-form-urlencoded")),
    fc.tuple(multipart, fc.constant("multipart/form-data; boundary=b")),
    fc.tuple(lines, fc.constant("application/x-ndjson")),
    fc.tuple(jsonText, fc.constant("application/json")),
  );
  let events = 0;
  fc.assert(
    fc.property(typed, fc.constantFrom(...sources), fc.boolean(), ([text, type], source, zip) => {
      const bytes = zip ? gzipSync(text) : Buffer.from(text);
      const more = zip ? { "content-encoding": "gzip" } : {};
      const parsed = parseBody(requestOf(bytes, { contentType: type, headers: more }), source);
      if (parsed.kind === "events") events += parsed.subjects.length;
      expectSound(parsed);
    }),
    { numRuns: 3000 },
  );
  expect(events).toBeGreaterThan(100);
});
