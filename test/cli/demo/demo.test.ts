import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { demoCommand } from "../../../src/cli/demo/demo.ts";

const COMMAND = [join(import.meta.dirname, "../../../dist/src/cli/main.js"), "demo"];

const temporary = mkdtempSync(join(tmpdir(), "selfsame-test-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const environment = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };

/** The directories of demos that are running, or that did not clean up. */
function leftBehind(): string[] {
  return readdirSync(temporary).filter((name) => name.startsWith("selfsame-demo-"));
}

/** Rejects where the process exits with anything but 0. */
async function demo(...choices: readonly string[]): Promise<string> {
  const command = [...COMMAND, ...choices];
  const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment });
  return stdout;
}

/** Everything written until a text appears. */
async function outputUntil(child: ChildProcess, text: string): Promise<string> {
  let output = "";
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    output += String(chunk);
    if (output.includes(text)) return output;
  }
  throw new Error(`the process ended before it wrote ${JSON.stringify(text)}:\n${output}`);
}

describe("selfsame demo", () => {
  let output = "";
  beforeAll(async () => {
    output = await demo();
  });

  test("tells of one person, the journey, why, and that everybody was found", () => {
    expect(output).toMatch(/WEBHOOKS {2}120 from 5 systems/);
    expect(output).toMatch(/ONE PERSON {2}whoever is slack:T03HARBOR\/U10XPML/);
    expect(output).toContain('name "Julia Conroy"');
    expect(output).toMatch(/ONE JOURNEY {2}14 events from 4 systems/);
    expect(output).toMatch(/2026-03-07 07:31 +slack +message/);
    expect(output).toMatch(/2026-03-10 16:45 ● +form +form\.submitted/);
    expect(output).toMatch(/email:julia\.conroy@kuphalpress\.example .* slack user_change/);
    expect(output).toMatch(/shopify:7128394034442 .* shopify orders\/create/);
    expect(output).toMatch(/people found +10 +of 10 true people/);
    expect(output).toMatch(/precision +1\.00/);
    expect(output).toMatch(/recall +1\.00/);
  });

  test("fits a terminal of 100 columns, in plain text where it is no terminal", () => {
    const lines = output.split("\n");
    expect(lines.filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);
    expect(lines.filter((line) => line.includes("\u001b") || line.includes("…"))).toEqual([]);
  });

  test("leaves nothing behind", () => {
    expect(leftBehind()).toEqual([]);
  });

  test("gives machines the same as JSON", async () => {
    expect(JSON.parse(await demo("--json"))).toMatchObject({
      webhooks: 120,
      shown: "slack:T03HARBOR/U10XPML",
      profile: { eventCount: 14, traits: { name: { value: "Julia Conroy" } } },
      score: { precision: 1, recall: 1, peopleFound: 10, truePeople: 10 },
    });
  });

  test("has help", () => {
    expect(demoCommand().helpInformation()).toMatch(/Usage: demo [^]*--serve[^]*--json[^]*--help/);
  });

  test("with --serve answers until SIGTERM, then removes its database and exits with 0", async () => {
    const child = spawn(process.execPath, [...COMMAND, "--serve"], {
      env: environment,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    try {
      const invitation = await outputUntil(child, "/webhooks/form");
      const url = /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(invitation)![1]!;
      const answer = await fetch(`${url}/v1/profiles/email:julia.conroy@example.org`);
      expect(await answer.json()).toMatchObject({ eventCount: 14 });
      expect(leftBehind()).toHaveLength(1);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await exited).toEqual([0, null]);
    expect(leftBehind()).toEqual([]);
  });
});
