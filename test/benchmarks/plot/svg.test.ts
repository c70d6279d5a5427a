import fc from "fast-check";
import { expect, test } from "vitest";
import { element, escaped, text } from "../../../benchmarks/plot/svg.ts";

test("what has a meaning in XML is escaped, in texts and attributes", () => {
  expect(text(1, 2.345, `a < b & "c"`, { fill: `"red'` })).toBe(
    `<text x="1" y="2.3" fill="&quot;red&apos;">a &lt; b &amp; &quot;c&quot;</text>`,
  );
  expect(element("path", { d: "M0 0" })).toBe(`<path d="M0 0"/>`);
});

test("no text can end its element, and XML can hold every one", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (content) => {
      expect(escaped(content)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|apos);)/);
      expect(escaped(content)).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/);
    }),
  );
  expect(escaped("\u0000 \uD800 \u{1F600}")).toBe("\uFFFD \uFFFD \u{1F600}");
});
