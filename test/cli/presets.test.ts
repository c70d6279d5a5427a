/** `presets` as a process: the list, one to copy from, and a name that is none. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { presetNames, presetText } from "../../src/config/presets.ts";
import { runCommand, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

test("the list has every preset that the sources have, in a line each", async () => {
  const { code, stdout } = await runCommand(["presets"]);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.map((line) => line.split(" ")[0])).toEqual(presetNames());
  for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+ {2,}\S.*\.$/);
  const json = await runCommand(["presets", "--json"]);
  const { presets } = JSON.parse(json.stdout) as { presets: readonly { name: string }[] };
  expect(presets.map(({ name }) => name)).toEqual(presetNames());
});

test("one preset is printed to be copied from, comments and all", async () => {
  const { code, stdout } = await runCommand(["presets", "slack"]);
  expect([code, stdout]).toEqual([0, presetText("slack")]);
  const json = await runCommand(["presets", "slack", "--json"]);
  const { yaml } = JSON.parse(json.stdout) as { yaml: string };
  expect(parse(yaml)).toMatchObject({ handshake: "slack" });
});

test("a name that is none is wrong usage, with the one that was meant", async () => {
  const { code, stdout, stderr } = await runCommand(["presets", "strpe"]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("did you mean stripe?");
});

test("check shows what a preset makes of a payload", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, "sources: { chat: { preset: slack, secret: s3cret } }");
  const payload = join(folder, "event.json");
  const event = { type: "message", user: "U7", event_ts: "1767225600.000200" };
  writeFileSync(payload, JSON.stringify({ team_id: "T1", event_id: "Ev1", event }));
  const { code, stdout } = await runCommand(
    ["check", "--config", config, "--source", "chat", "--payload", payload],
    {},
  );
  expect(code).toBe(0);
  expect(stdout).toContain("chat:T1/U7");
  expect(stdout).toContain("Ev1");
});
