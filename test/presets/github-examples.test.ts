/** GitHub's own example payloads through its preset: of each the sender is the person, and of nobody an address is taken. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { identifierText } from "../../src/identity/identifier.ts";
import { takeIn } from "../../src/intake.ts";
import { sourceOf } from "./preset-source.ts";

interface Example {
  readonly action?: string;
  readonly sender?: { readonly id: number };
}

const file = createRequire(import.meta.url).resolve(
  "@octokit/webhooks-examples/api.github.com/index.json",
);
const hooks = JSON.parse(readFileSync(file, "utf8")) as readonly {
  readonly name: string;
  readonly examples: readonly Example[];
}[];

test.each(hooks)("$name", ({ name, examples }) => {
  const source = sourceOf("github");
  for (const [index, example] of examples.entries()) {
    const intake = takeIn(
      {
        id: "dl_1",
        source,
        receivedAt: 0,
        urlEventType: undefined,
        contentType: "application/json",
        headers: new Map([
          ["x-github-event", name],
          ["x-github-delivery", `d${index}`],
        ]),
        query: new URLSearchParams(),
        body: Buffer.from(JSON.stringify(example)),
      },
      (text) => text,
    );
    if ("fault" in intake) throw new Error(intake.fault.detail);
    const [intent] = intake.intents;
    if (intent?.kind !== "resolve") throw new Error(`it became ${intent?.kind}`);
    const { home, others, type, key } = intent.event;
    const { sender, action } = example;
    expect(home === null ? undefined : identifierText(home)).toBe(
      sender === undefined ? undefined : `github:${sender.id}`,
    );
    expect(others).toEqual([]);
    expect(type).toBe(action === undefined ? name : `${name}.${action}`);
    expect(key).toBe(`d${index}`);
  }
});

test("there are enough of them, and nearly all have a sender", () => {
  const examples = hooks.flatMap(({ examples }) => examples);
  expect(examples.filter(({ sender }) => sender !== undefined).length).toBeGreaterThan(300);
});
