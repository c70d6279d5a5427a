/** `check` as a process: a configuration judged, and a payload tried without a database. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  chat:
    replaceProfileId: [event.user.id, event.user]
    idScope: team_id
    eventType: event.type
    eventId: event_id
    occurredAt: event_time
    identifiers: { email: event.user.profile.email, phone: event.user.profile.phone }
    traits: { name: event.user.profile.real_name }
  form:
    replaceProfileId: "data[id]"
    eventType: header:x-event
    withoutId: drop
`;

const PAYLOAD = {
  team_id: "T1",
  event_id: "Ev1",
  event_time: 1_700_000_000,
  event: {
    type: "user_change",
    user: { id: "U7", profile: { email: "Ann@Example.com", phone: "none", real_name: "Ann" } },
  },
};

test("a valid configuration is called valid, and what deserves a second look is told", async () => {
  const config = writeConfig(temporaryFolder(), `${CONFIG}  mute: { eventType: kind }\n`);
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

test("a payload is shown as the source would take it, and nothing is stored", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
  const payload = join(folder, "payload.json");
  writeFileSync(payload, JSON.stringify(PAYLOAD));
  const call = ["check", "--config", config, "--source", "chat", "--payload", payload];
  const { code, stdout, stderr } = await runCommand(call);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    [
      "accepted",
      "  type          user_change",
      "  id            Ev1",
      "  occurredAt    2023-11-14T22:13:20.000Z",
      "  home          chat:T1/U7",
      "  linked with   email:ann@example.com",
      '  trait name    "Ann"',
      '  not used      phone from event.user.profile.phone: "none" stands for nobody',
      "",
    ].join("\n"),
  );
  expect(readdirSync(folder).toSorted()).toEqual(["payload.json", "selfsame.yaml"]);

  const json = await runCommand([...call, "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { becomes: "accepted", event: { home: "chat:T1/U7", "linked with": "email:ann@example.com" } },
  ]);
});

test("a payload of another content type, with headers, and one that would be dropped", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
  const payload = join(folder, "payload.form");
  const call = ["check", "--config", config, "--source", "form", "--payload", payload];
  const form = ["--content-type", "application/x-www-form-urlencoded"];
  writeFileSync(payload, "data%5Bid%5D=U7");
  const accepted = await runCommand([...call, ...form, "--header", "X-Event: subscribe"]);
  expect([accepted.code, accepted.stderr]).toEqual([0, ""]);
  expect(accepted.stdout).toMatch(/^accepted\n {2}type {10}subscribe\n/);
  expect(accepted.stdout).toContain("home          form:U7");

  writeFileSync(payload, "data%5Bid%5D=null");
  const dropped = await runCommand([...call, ...form]);
  expect([dropped.code, dropped.stdout]).toEqual([
    0,
    'dropped: no usable id: data[id]: "null" stands for nobody\n',
  ]);

  const unread = await runCommand(call);
  expect([unread.code, unread.stdout]).toEqual([1, ""]);
  expect(unread.stderr).toMatch(/^selfsame: The body is not JSON: [^\n]+\n$/);
});

test("what cannot be checked is wrong usage", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
  const payload = join(folder, "missing.json");
  const calls = [
    [["--source", "chat"], "--source and --payload go together"],
    [["--source", "chat", "--payload", payload], `there is no file ${payload}\n`],
    [["--source", "chta", "--payload", payload], "no source is called chta; configured are"],
  ] as const;
  for (const [more, reason] of calls) {
    const { code, stdout, stderr } = await runCommand(["check", "--config", config, ...more]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(reason);
  }
});
