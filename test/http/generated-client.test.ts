/**
 * What a stranger does with the description: has a public generator make a client of it, writes a program with it, has both
 * checked by a strict compiler, and runs it against the service. Nothing is known of the generator but how it is called.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { readDescription } from "../support/description.ts";
import { listen } from "../support/listening.ts";
import { temporaryFolder } from "../support/temporary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const GENERATOR = join(root, "node_modules/oazapfts/dist/cli.js");
const COMPILER = join(root, "node_modules/typescript/bin/tsc");

const CONFIG = `
apiKeys: [{ name: stranger, key: k3y, scopes: [admin] }]
sources:
  chat: { replaceProfileId: user.id, eventId: id, occurredAt: at, identifiers: { email: user.email } }
  shop: { replaceProfileId: customer, eventId: id, identifiers: { email: mail }, respond: full }
`;

/** The program of the stranger: types are used wherever there are some, so that a wrong one does not compile. */
const PROGRAM = `
import * as selfsame from "./client.ts";
import type { Decision, Event, Explanation, Problem, Profile } from "./client.ts";

export async function roundTrip(url: string, key: string) {
  selfsame.defaults.baseUrl = url;
  const nobody = await selfsame.readRules();
  if (nobody.status !== 401) throw new Error("answered without a key");
  const refused: Problem = nobody.data;

  selfsame.defaults.headers = { authorization: \`Bearer \${key}\` };
  for (const day of [1, 2, 3]) {
    const sent = await selfsame.sendWebhook("chat", {
      id: \`e\${day}\`, at: \`2025-12-0\${day}T12:00:00Z\`, user: { id: "U7", email: "Ann@Example.com" },
    });
    if (sent.status !== 200) throw new Error("not taken");
    const outcome: "accepted" | "duplicate" | "anonymous" | "quarantined" | "dropped" | undefined =
      sent.data.events[0]?.outcome;
    if (outcome !== "accepted") throw new Error(outcome);
  }
  const collected = await selfsame.collect("purchase", "shop", [{ id: "o1", customer: 9, mail: "ann@example.com" }]);
  const shopper = collected.status === 200 ? collected.data.events[0]?.profile : undefined;

  const profile = await selfsame.readProfile("email:ann@example.com");
  if (profile.status !== 200) throw new Error(profile.data.detail);
  const person: Profile = profile.data;

  const events: Event[] = [];
  let cursor: string | null = null;
  let pages = 0;
  do {
    const page: Awaited<ReturnType<typeof selfsame.readJourney>> = await selfsame.readJourney(
      person.id,
      { limit: 3, order: "desc", ...(cursor === null ? {} : { cursor }) },
    );
    if (page.status !== 200) throw new Error(page.data.detail);
    events.push(...page.data.events);
    cursor = page.data.next;
    pages++;
  } while (cursor !== null);

  const split = await selfsame.decide({ kind: "split", a: "chat:U7", b: "shop:9", reason: "a shared mailbox" });
  if (split.status !== 200 || split.data.decision.id === null) throw new Error("not decided");
  const id: string = split.data.decision.id;
  const why = await selfsame.explain("chat:U7", "shop:9");
  if (why.status !== 200) throw new Error(why.data.detail);
  const explanation: Explanation = why.data;
  const kept: Decision[] = explanation.samePerson ? [] : explanation.decisions;
  const back = await selfsame.takeDecisionBack(id, { dryRun: "false" });

  const rules = await selfsame.readRules();
  if (rules.status !== 200) throw new Error(rules.data.detail);
  const whatIf = await selfsame.askWhatIf(rules.data);

  const bad = await selfsame.readJourney(person.id, { limit: 0 });
  if (bad.status !== 400) throw new Error("a bad request was answered");
  const problem: Problem = bad.data;
  return {
    refused: refused.type,
    isOne: shopper === person.id,
    identifiers: person.identifiers.map(({ identifier }) => identifier),
    pages,
    events: events.map(({ type, payload }) => [type, payload.id]),
    decided: split.data.splits.length,
    apart: kept.map((decision) => decision.id === id),
    merged: back.status === 200 ? back.data.merges.length : 0,
    whatIf: whatIf.status === 200 ? whatIf.data.merges.length : undefined,
    problem,
  };
}
`;

/** As strict as our own, but for what the generator's runtime does not allow whatever the description says. */
const COMPILER_OPTIONS = {
  extends: "../../tsconfig.json",
  compilerOptions: {
    rootDir: ".",
    lib: ["es2023", "dom"],
    types: [],
    exactOptionalPropertyTypes: false,
  },
  include: ["*.ts"],
};

interface RoundTrip {
  readonly roundTrip: (url: string, key: string) => Promise<unknown>;
}

let text: string;
beforeAll(async () => {
  text = (await readDescription()).text;
});

function generate(description: string): string {
  // Below the project, so that what it imports is found where it is installed.
  const folder = temporaryFolder(join(root, "test"));
  writeFileSync(join(folder, "openapi.json"), description);
  execFileSync(process.execPath, [GENERATOR, "openapi.json", "client.ts"], { cwd: folder });
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(COMPILER_OPTIONS));
  return folder;
}

/** What the compiler finds wrong. */
function compile(folder: string): string {
  try {
    execFileSync(process.execPath, [COMPILER, "-p", folder], { encoding: "utf8" });
    return "";
  } catch (error) {
    return (error as { readonly stdout: string }).stdout;
  }
}

describe("a client that a public generator makes of the description", () => {
  test("compiles, and a program written with it makes its round trip", async () => {
    const folder = generate(text);
    expect(compile(folder)).toBe("");
    const program = pathToFileURL(join(folder, "program.ts")).href;
    const { roundTrip } = (await import(program)) as RoundTrip;
    const { url } = await listen(CONFIG);
    expect(await roundTrip(url, "k3y")).toEqual({
      refused: "urn:selfsame:problem:unauthorised",
      isOne: true,
      identifiers: ["chat:U7", "email:ann@example.com", "shop:9"],
      pages: 2,
      events: [
        ["purchase", "o1"],
        ["chat", "e3"],
        ["chat", "e2"],
        ["chat", "e1"],
      ],
      decided: 1,
      apart: [true],
      merged: 1,
      whatIf: 0,
      problem: {
        type: "urn:selfsame:problem:bad-request",
        title: expect.any(String),
        status: 400,
        detail: "limit: expected at least 1.",
      },
    });
  });

  test("has a function for every operation", () => {
    const client = readFileSync(join(generate(text), "client.ts"), "utf8");
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id!);
    expect(ids.length).toBeGreaterThan(20);
    for (const id of ids) expect(client).toContain(`export function ${id}(`);
  });

  test("the canary: with another shape of a problem, the program does not compile", () => {
    const folder = generate(text.replaceAll('"detail"', '"details"'));
    expect(compile(folder)).toMatch(/program\.ts.*'detail' does not exist/);
  });
});
