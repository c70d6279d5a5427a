import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Field } from "../../../src/extract/body/field.ts";
import { readMultipart } from "../../../src/extract/body/multipart.ts";

function read(
  body: string | Uint8Array,
  boundary: string | undefined = "b",
): readonly Field[] | string {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const fields = readMultipart(bytes, boundary, 100);
  return "fault" in fields ? `${fields.fault.code}: ${fields.fault.detail}` : fields.value;
}

/** A form of parts, each its headers and its content. */
function formOf(...parts: readonly (readonly [headers: string, content: string])[]): string {
  return `${parts.map(([headers, content]) => `--b\r\n${headers}\r\n\r\n${content}\r\n`).join("")}--b--\r\n`;
}

const named = (name: string, more = "") => `Content-Disposition: form-data; name="${name}"${more}`;

describe("the parts of a form", () => {
  test("are fields and files; of a file is kept what it is, not what is in it", () => {
    const body = formOf(
      [named("a"), "one\r\n--bb\r\ntwo"],
      [`${named("f", '; filename="cv.pdf"')}\r\nContent-Type: application/pdf`, "\x00\xff\r\n"],
      [named("g", '; filename=""'), ""],
    );
    expect(read(body)).toEqual([
      { name: "a", value: "one\r\n--bb\r\ntwo" },
      { name: "f", value: { filename: "cv.pdf", contentType: "application/pdf", bytes: 4 } },
      { name: "g", value: { filename: "", contentType: "text/plain", bytes: 0 } },
    ]);
  });

  test("are read whatever stands before the first and behind the last boundary", () => {
    const body = `preamble --b\r\n--b--x\r\n--b \t\r\n${named("a")}\r\n\r\n1\r\n--b--\t`;
    for (const epilogue of ["", "\r\n", "\n", "\r\nepilogue\r\n--b\r\n"])
      expect(read(body + epilogue)).toEqual([{ name: "a", value: "1" }]);
    expect(read("--b--")).toEqual([]);
  });

  test.each([
    ["content-disposition:form-data;NAME=a", "a"],
    ['X-Other: 1\r\nContent-Disposition: form-data;\r\n name="a"', "a"],
    [named("a%22b%0D%0a%25"), 'a"b\r\n%25'],
    [named("a\\"), "a\\"],
    [named("Zo\xc3\xab"), "Zoë"],
    [
      `${named("a")}\r\nContent-Type: text/plain; charset="UTF-8"\r\nContent-Transfer-Encoding: 8BIT`,
      "a",
    ],
  ])("%j says the name", (headers, name) => {
    expect(read(formOf([headers, "x"]))).toEqual([{ name, value: "x" }]);
  });

  test.each([
    ["; filename*=UTF-8''Zo%C3%AB.txt", "Zoë.txt"],
    ["; filename=\"=?utf-8?x?=\"; filename*=utf-8'en'%E2%82%AC", "€"],
    ["; filename=plain; filename*=UTF-8''%ff", "plain"],
    ["; filename*=latin1''%eb", "latin1''%eb"],
    ['; filename="c:\\d.txt"', "c:\\d.txt"],
  ])("%s is a file's name", (more, filename) => {
    expect(read(formOf([named("f", more), ""]))).toMatchObject([{ value: { filename } }]);
  });
});

describe("what is no form", () => {
  test.each([
    ["", /^unparseable: No part begins with the boundary/],
    ["--c\r\n", /^unparseable: No part begins/],
    ["--b\n\n", /^unparseable: No part begins/],
    ["--b", /^unparseable: No part begins/],
    [`--b\r\n${named("a")}\r\n\r\nx`, /^unparseable: The body ends within part 1/],
    [`--b\r\n${named("a")}\r\n\r\nx\r\n--b`, /^unparseable: The body ends within part 1/],
    [`--b\r\n${named("a")}`, /^unparseable: The headers of part 1 do not end/],
    [`--b\r\n${named("a")}\r\n--b--`, /^unparseable: The headers of part 1 do not end/],
    [
      formOf([named("a"), ""], [`${named("b")}\r\nX: ${"x".repeat(17_000)}`, ""]),
      /^unparseable: The headers of part 2/,
    ],
    [formOf(["Content-Type: text/plain", ""]), /^unparseable: Part 1 has no Content-Disposition/],
    [formOf(["Content-Disposition: attachment; name=a", ""]), /^unparseable: Part 1 has no/],
    [formOf([named('a\\"b'), ""]), /^unparseable: Part 1 has no/],
    [`--b\r\n--b\r\n${named("a")}\r\n\r\n\r\n--b--`, /^unparseable: A header of part 1/],
    ["--b\r\n\r\nx\r\n--b--", /^unparseable: Part 1 has no/],
    [formOf([`${named("a")}\r\nno header`, ""]), /^unparseable: A header of part 1/],
    [formOf([named("a"), "Zo\xeb"]), /^unparseable: .*UTF-8/],
    [formOf([named("Zo\xeb"), ""]), /^unparseable: .*UTF-8/],
    [
      formOf([`${named("a")}\r\nContent-Type: text/plain; charset=latin1`, ""]),
      /^unknown-content-type: The charset "latin1" of part 1/,
    ],
    [
      formOf([`${named("a")}\r\nContent-Transfer-Encoding: base64`, ""]),
      /^unknown-content-type: .*"base64" of part 1/,
    ],
    [
      formOf(...Array.from({ length: 101 }, () => [named("a"), ""] as const)),
      /^unparseable: .*formFieldsMax 100/,
    ],
  ])("%j is told", (body, fault) => expect(read(body)).toMatch(fault));

  test("is one without a boundary, or with one too long", () => {
    expect([read("--\r\n", ""), readMultipart(Buffer.from("--"), undefined, 9)]).toMatchObject([
      "unparseable: The Content-Type multipart/form-data names no boundary.",
      { fault: { detail: "The Content-Type multipart/form-data names no boundary." } },
    ]);
    const body = (boundary: string) => formOf([named("a"), "x"]).replaceAll("--b", `--${boundary}`);
    expect(read(body("x".repeat(70)), "x".repeat(70))).toHaveLength(1);
    expect(read(body("x".repeat(71)), "x".repeat(71))).toMatch(/more than 70 characters/);
  });

  test("a file's charset does not matter", () => {
    const head = `${named("f", "; filename=x")}\r\nContent-Type: text/plain; charset=latin1`;
    expect(read(formOf([head, "Zo\xeb"]))).toHaveLength(1);
  });
});

type Entry = readonly [name: string, value: string | File];

function entry(): fc.Arbitrary<Entry> {
  const text = fc.oneof(
    // The platform's reader takes a byte order mark away; it is a letter like others here.
    fc.string({ unit: "binary" }).map((text) => text.replaceAll("\ufeff", "")),
    fc
      .constantFrom("", '"', "\r\n", "a\\", "\r\n--", "%22", "data[x][]")
      .chain((odd) => fc.string().map((rest) => odd + rest)),
  );
  const file = fc
    // The platform writes a file without a name as if it were none.
    .tuple(
      fc.uint8Array(),
      text.filter((name) => name !== ""),
      fc.constantFrom("", "image/png", "text/plain;charset=utf-8"),
    )
    .map(([bytes, name, type]) => new File([bytes], name, { type }));
  return fc.tuple(text, fc.oneof(text, file));
}

async function bodyOf(entries: readonly Entry[]) {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  const response = new Response(form);
  const contentType = response.headers.get("content-type")!;
  const boundary = /boundary=(.*)$/.exec(contentType)![1]!;
  return { bytes: new Uint8Array(await response.arrayBuffer()), contentType, boundary };
}

describe("a form that the platform writes", () => {
  test("is read as the platform reads it", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry(), { maxLength: 5 }), async (entries) => {
        const { bytes, contentType, boundary } = await bodyOf(entries);
        const headers = { "content-type": contentType };
        const form = await new Response(bytes, { headers }).formData();
        const expected = Array.from(form, ([name, value]) => ({
          name,
          value:
            typeof value === "string"
              ? value
              : { filename: value.name, contentType: value.type, bytes: value.size },
        }));
        expect(read(bytes, boundary)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("is none where its end is missing", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry(), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        async (entries, cut) => {
          const { bytes, boundary } = await bodyOf(entries);
          const end = Buffer.from(bytes).lastIndexOf(`--${boundary}--`) + `--${boundary}--`.length;
          expect(read(bytes.subarray(0, cut % end), boundary)).toMatch(/^unparseable: /);
          expect(read(bytes.subarray(0, end), boundary)).toHaveLength(entries.length);
        },
      ),
      { numRuns: 300 },
    );
  });
});
