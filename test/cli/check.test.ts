/** `check` as a process: a configuration judged, and what is wrong usage. Payloads are tried in `check/`. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHECK_CONFIG } from "../support/check-payload.ts";
import { runCommand, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

test("a valid configuration is called valid, and what deserves a second look is told", async () => {
  const config = writeConfig(temporaryFolder(), `${CHECK_CONFIG}  mute: { eventType: kind }\n`);
  const { code, stdout, stderr } = await runCommand(["check", "--config", config]);
  expect([code, stdout]).toEqual([0, `${config} is valid; sources: chat, form, mute\n`]);
  expect(stderr).toMatch(new RegExp(`^warning: ${config}:\\d+: sources\\.mute: [^\\n]+\\n$`));

  const json = await runCommand(["check", "--config", config, "--json"]);
  expect(JSON.parse(json.stdout)).toEqual({
    valid: true,
    sources: ["chat", "form", "mute"],
    warnings: [
      {
        file: config,
        line: expect.any(Number),
        path: "sources.mute",
        message: expect.stringContaining("no event of this source can be anybody's"),
      },
    ],
  });
});

test("an invalid configuration is told fault by fault, each with its line and the nearest known key", async () => {
  const config = writeConfig(
    temporaryFolder(),
    [
      "sources:",
      "  chat:",
      "    eventTyp: type",
      "    withoutId: discard",
      "limts: {}",
      "limits: { bodyBytesMax: 0 }",
      "",
    ].join("\n"),
  );
  const { code, stdout, stderr } = await runCommand(["check", "--config", config]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    `${config}:3: sources.chat.eventTyp: unknown key; did you mean eventType?`,
  );
  expect(stderr).toContain(`${config}:4: sources.chat.withoutId: `);
  expect(stderr).toContain(`${config}:5: limts: unknown key; did you mean limits?`);
  expect(stderr).toContain(`${config}:6: limits.bodyBytesMax: `);
  expect(stderr.trimEnd().split("\n").length).toBe(4);

  const json = await runCommand(["check", "--config", config, "--json"]);
  expect([json.code, json.stderr]).toEqual([2, stderr]);
  const told = JSON.parse(json.stdout) as { valid: boolean; errors: { path: string }[] };
  expect(told.valid).toBe(false);
  expect(told.errors[0]).toEqual({
    file: config,
    line: 3,
    path: "sources.chat.eventTyp",
    message: "unknown key; did you mean eventType?",
  });
  expect(told.errors.length).toBe(4);
});

test("its help tells no default that nobody can write", async () => {
  const { code, stdout } = await runCommand(["check", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toContain("--header");
  expect(stdout).not.toContain("{}");
});

test("what cannot be checked is wrong usage", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CHECK_CONFIG);
  const payload = join(folder, "missing.json");
  const empty = join(folder, "empty");
  mkdirSync(empty);
  const calls = [
    [["--source", "chat"], "--source and --payload go together"],
    [["--source", "chat", "--payload", payload], `there is no file ${payload}\n`],
    [
      ["--source", "chta", "--payload", payload],
      "no source is called chta; configured are chat, form; to begin, run with a source that only has a name: sources: { NAME: {} }\n",
    ],
    [["--source", "chat", "--payload", empty], `there is no file in ${empty}\n`],
  ] as const;
  for (const [more, reason] of calls) {
    const { code, stdout, stderr } = await runCommand(["check", "--config", config, ...more]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(reason);
  }
});
