import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { suggestionYaml } from "../../../src/cli/check/suggestion-text.ts";
import type { SuggestedPath } from "../../../src/extract/suggest.ts";

function suggested(path: string, example: string | number = "U7"): SuggestedPath {
  return { path, example, events: 2, distinct: 2 };
}

test("it is ready to be pasted, with what speaks for each path, and what else there is", () => {
  const yaml = suggestionYaml(
    "chat",
    [
      {
        field: "replaceProfileId",
        paths: [suggested("user.id"), suggested("user")],
        others: [{ ...suggested("sender", 7), events: 1, distinct: 1 }],
      },
      { field: "identifiers.email", paths: [suggested("data[email]", "a@x.org")], others: [] },
      {
        field: "identifiers.phone",
        paths: [suggested("phone", `+1${"0".repeat(60)}`)],
        others: [],
      },
      { field: "eventId", paths: [suggested("id")], others: [] },
    ],
    3,
  );
  expect(yaml).toBe(
    [
      "sources:",
      "  chat:",
      '    replaceProfileId: [user.id, user] # "U7", in 2 of 3 events, 2 different; "U7", in 2 of 3 events, 2 different',
      "    # or sender # 7, in 1 of 3 events",
      "    identifiers:",
      '      email: "data[email]" # "a@x.org", in 2 of 3 events, 2 different',
      `      phone: phone # "+1${"0".repeat(37)}…, in 2 of 3 events, 2 different`,
      '    eventId: id # "U7", in 2 of 3 events, 2 different',
    ].join("\n"),
  );
});

test("whatever the paths and the examples are, YAML reads back the same paths", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", minLength: 1 }),
    fc.string({ unit: "binary", minLength: 1 }),
    fc.constantFrom(
      "null",
      "yes",
      "1",
      "1e3",
      "a: b",
      "a #b",
      "- a",
      "\n",
      "\u2028",
      "\u0085",
      "\ufeff",
    ),
  );
  let quoted = 0;
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      text,
      text,
      (paths, other, email) => {
        const yaml = suggestionYaml(
          "chat",
          [
            {
              field: "replaceProfileId",
              paths: paths.map((path) => suggested(path, path)),
              others: [suggested(other, other)],
            },
            { field: "identifiers.email", paths: [suggested(email, email)], others: [] },
          ],
          3,
        );
        if (yaml.includes('"')) quoted++;
        const only = paths.length === 1 ? paths[0] : paths;
        expect(parse(yaml)).toEqual({
          sources: { chat: { replaceProfileId: only, identifiers: { email } } },
        });
      },
    ),
  );
  expect(quoted).toBeGreaterThan(5);
});
