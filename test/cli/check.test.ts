/** `check` as a process: a configuration judged, and a payload tried without a database. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

interface Files {
  readonly folder: string;
  readonly config: string;
}

/** A configuration and payloads beside it, each with its file's name. */
function filesOf(yaml: string, payloads: Readonly<Record<string, unknown>>): Files {
  const top = temporaryFolder();
  const folder = join(top, "payloads");
  mkdirSync(folder);
  for (const [name, payload] of Object.entries(payloads))
    writeFileSync(
      join(folder, name),
      typeof payload === "string" ? payload : JSON.stringify(payload),
    );
  return { folder, config: writeConfig(top, yaml) };
}

function checkPayload({ folder, config }: Files, source: string, name: string, ...more: string[]) {
  const payload = join(folder, name);
  return runCommand([
    "check",
    "--config",
    config,
    "--source",
    source,
    "--payload",
    payload,
    ...more,
  ]);
}

interface Report {
  readonly deliveries: readonly {
    readonly file: string;
    readonly contentType: string;
    readonly verification: object;
    readonly fault?: string;
    readonly events: readonly {
      readonly outcome: string;
      readonly because?: string;
      readonly event: object;
      readonly rows: readonly { readonly field: string; readonly use: string }[];
    }[];
  }[];
  readonly summary: object;
  readonly suggestions: readonly { readonly field: string }[];
  readonly suggestedYaml?: string;
  readonly warnings: readonly object[];
}

test("a payload is shown path by path as the source would take it, and nothing is stored", async () => {
  const files = filesOf(CONFIG, { "event.json": PAYLOAD });
  const { code, stdout, stderr } = await checkPayload(files, "chat", "event.json");
  expect([code, stderr]).toEqual([0, ""]);
  const user = '{"id":"U7","profile":{"emai…';
  expect(stdout).toBe(
    [
      `field              path                          value                         becomes`,
      `idScope            team_id                       "T1"                          the scope T1`,
      `replaceProfileId   event.user.id                 "U7"                          chat:T1/U7 (home)`,
      `                   event.user                    ${user}  not reached: an earlier path gave a value`,
      `identifiers.email  event.user.profile.email      "Ann@Example.com"             email:ann@example.com (linked)`,
      `identifiers.phone  event.user.profile.phone      "none"                        not used: "none" stands for nobody`,
      `eventType          event.type                    "user_change"                 the type user_change`,
      `eventId            event_id                      "Ev1"                         the event's id Ev1`,
      `occurredAt         event_time                    1700000000                    2023-11-14T22:13:20.000Z`,
      `traits.name        event.user.profile.real_name  "Ann"                         trait name = "Ann"`,
      "",
      "accepted",
      "",
    ].join("\n"),
  );
  expect(readdirSync(dirname(files.config)).toSorted()).toEqual(["payloads", "selfsame.yaml"]);
});

test("the same as data", async () => {
  const files = filesOf(CONFIG, { "event.json": PAYLOAD });
  const { code, stdout } = await checkPayload(files, "chat", "event.json", "--json");
  expect(code).toBe(0);
  const { deliveries, summary, suggestions, warnings } = JSON.parse(stdout) as Report;
  expect([suggestions, warnings]).toEqual([[], []]);
  expect(summary).toMatchObject({ files: 1, events: 1, outcomes: { accepted: 1, dropped: 0 } });
  expect(deliveries.length).toBe(1);
  expect(deliveries[0]).toMatchObject({
    file: "event.json",
    contentType: "application/json",
    verification: { kind: "open" },
  });
  const [event] = deliveries[0]!.events;
  expect(event).toMatchObject({
    outcome: "accepted",
    event: {
      id: "Ev1",
      type: "user_change",
      occurredAt: "2023-11-14T22:13:20.000Z",
      home: "chat:T1/U7",
      others: ["email:ann@example.com"],
      traits: { name: "Ann" },
    },
  });
  expect(event!.rows.length).toBe(9);
  expect(event!.rows[4]).toEqual({
    field: "identifiers.phone",
    path: "event.user.profile.phone",
    value: "none",
    use: "unusable",
    becomes: 'not used: "none" stands for nobody',
  });
});

test("no number loses its digits, and nothing that a payload holds moves the cursor", async () => {
  const text = '{"event": {"user": 12345678901234567890, "x": 1}, "event_id": "\\u001b[2J\\u202e"}';
  const files = filesOf(CONFIG, { "event.json": text });
  const { stdout } = await checkPayload(files, "chat", "event.json");
  expect(stdout).toContain("chat:12345678901234567890 (home)");
  expect(stdout).toContain('"\\u001b[2J\\u202e"');
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
  const json = await checkPayload(files, "chat", "event.json", "--json");
  expect(json.stdout).toContain('"value":"12345678901234567890"');
});

test("a form by its file's name, with headers and a query, and one that would be dropped", async () => {
  const yaml = `${CONFIG}    traits: { campaign: query:utm }\n`;
  const files = filesOf(yaml, { "a.form": "data%5Bid%5D=U7", "b.txt": "data%5Bid%5D=null" });
  const more = ["--header", "X-Event: subscribe", "--query", "?utm=spring"];
  const accepted = await checkPayload(files, "form", "a.form", ...more);
  expect([accepted.code, accepted.stderr]).toEqual([0, ""]);
  expect(accepted.stdout).toMatch(/replaceProfileId +data\[id\] +"U7" +form:U7 \(home\)\n/);
  expect(accepted.stdout).toMatch(/eventType +header:x-event +"subscribe" +the type subscribe\n/);
  expect(accepted.stdout).toContain('trait campaign = "spring"');
  expect(accepted.stdout).toMatch(/\naccepted\n/);

  const typed = await checkPayload(files, "form", "a.form", "--event-type", "signup");
  expect(typed.stdout).toContain("the type signup, from the address");

  const dropped = await checkPayload(files, "form", "b.txt");
  expect(dropped.code).toBe(0);
  expect(dropped.stdout).toContain('\ndropped: no usable id: data[id]: "null" stands for nobody\n');

  const given = await checkPayload(files, "form", "a.form", "--content-type", "application/json");
  expect([given.code, given.stdout]).toEqual([1, ""]);
  expect(given.stderr).toMatch(/^selfsame: The body is not JSON: [^\n]+\n$/);
});

test("an event that the configuration wants dropped, and lines of JSON", async () => {
  const files = filesOf("sources: { chat: { replaceProfileId: user, drop: [bot] } }", {
    "lines.ndjson": '{"user":"U7"}\n{"user":"U8","bot":"B1"}\n',
  });
  const { code, stdout } = await checkPayload(files, "chat", "lines.ndjson");
  expect(code).toBe(0);
  expect(stdout).toMatch(/\ndrop +bot +"B1" +dropped: bot is given\n\ndropped: bot is given\n/);
  const header = ["--header", "Content-Type: application/x-www-form-urlencoded"];
  const form = await checkPayload(files, "chat", "lines.ndjson", ...header);
  expect(form.stdout).toContain("anonymous: no usable id: nothing stands at user");
});

test("each event of a delivery, and one that is none", async () => {
  const files = filesOf(CONFIG, { "list.json": [PAYLOAD, { event: { user: "null" } }, 7] });
  const { code, stdout } = await checkPayload(files, "chat", "list.json");
  expect(code).toBe(0);
  expect(stdout.match(/^event \d of 3$/gm)).toEqual([
    "event 1 of 3",
    "event 2 of 3",
    "event 3 of 3",
  ]);
  expect(stdout.match(/^(accepted|anonymous|quarantined).*$/gm)).toEqual([
    "accepted",
    'anonymous: no usable id: event.user: "null" stands for nobody',
    "quarantined: the event is not an object",
  ]);
});

test("a path to many values that are none does not hide the rest", async () => {
  const files = filesOf("sources: { chat: { replaceProfileId: '$.l[*]' } }", {
    "long.json": { l: Array.from({ length: 50 }, () => null) },
  });
  const { stdout } = await checkPayload(files, "chat", "long.json");
  expect(stdout.match(/not used: the value is null/g)!.length).toBe(5);
  expect(stdout).toContain("and more that are not used");
});

const FOLDER = {
  "1.json": { ...PAYLOAD, event: { type: "message", user: "U1" } },
  "2.json": { ...PAYLOAD, event_id: "Ev2", event_time: "soon" },
  "3.json": { ...PAYLOAD, event_id: "Ev1", event: { user: { id: "guest" } } },
  "4.json": '{"event":',
  ".hidden.json": "nothing to be read",
};

test("a folder is shown in a line for each event, and what it comes to together", async () => {
  const files = filesOf(CONFIG, FOLDER);
  mkdirSync(join(files.folder, "deeper"));
  const { code, stdout, stderr } = await checkPayload(files, "chat", "");
  expect(code).toBe(1);
  expect(stderr).toBe(
    [
      "warning: an event of 3.json has the id of one of 1.json and would be its duplicate",
      "selfsame: 1 of 4 files cannot be read",
      "",
    ].join("\n"),
  );
  const nobody =
    'no usable id: event.user.id: "guest" stands for nobody; event.user: the value is an object, not an id';
  expect(stdout.split("\n").map((line) => line.replaceAll(/ {2,}/g, " | "))).toEqual([
    "file | becomes | type | who, or why not",
    "1.json | accepted | message | chat:T1/U1",
    "2.json | accepted | user_change | chat:T1/U7, email:ann@example.com",
    expect.stringMatching(
      /^3\.json \| anonymous \| chat \| no usable id: event\.user\.id: "guest"/,
    ),
    expect.stringMatching(/^ \| /),
    "4.json | unreadable | The body is not JSON: it ends too early.",
    "",
    "3 events in 4 files: 2 accepted, 1 anonymous; 1 file unreadable",
    "",
    "field | filled | not used",
    "idScope | 3 of 3",
    'replaceProfileId | 2 of 3 | "guest" stands for nobody (1); the value is an object, not an id (1)',
    "identifiers.email | 1 of 3",
    'identifiers.phone | 0 of 3 | "none" stands for nobody (1)',
    "eventType | 2 of 3",
    "eventId | 3 of 3",
    "occurredAt | 2 of 3 | neither RFC 3339 nor Unix seconds or milliseconds (1)",
    "traits.name | 1 of 3",
    "",
  ]);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(120);

  const json = await checkPayload(files, "chat", "", "--json");
  expect(json.code).toBe(1);
  const report = JSON.parse(json.stdout) as Report;
  expect(report.deliveries.map(({ file, fault }) => [file, fault])).toEqual([
    ["1.json", undefined],
    ["2.json", undefined],
    ["3.json", undefined],
    ["4.json", "The body is not JSON: it ends too early."],
  ]);
  expect(report.deliveries[2]!.events[0]!.because).toBe(nobody);
  expect(report.warnings).toEqual([{ message: expect.stringContaining("duplicate") }]);
  expect(report.summary).toMatchObject({ files: 4, unreadable: 1, events: 3 });
});

test("a source that only has a name gets paths suggested, and with them the payload is somebody's", async () => {
  const payloads = { "1.json": FOLDER["1.json"], "2.json": { ...PAYLOAD, event_id: "Ev2" } };
  const bare = filesOf("sources: { chat: {} }", payloads);
  const { code, stdout } = await checkPayload(bare, "chat", "");
  expect(code).toBe(0);
  const yaml = stdout.slice(stdout.indexOf("sources:"));
  expect(yaml).toBe(
    [
      "sources:",
      "  chat:",
      '    replaceProfileId: [event.user, event.user.id] # "U1", in 1 of 2 events; "U7", in 1 of 2 events',
      '    idScope: team_id # "T1", in 2 of 2 events, always the same',
      "    identifiers:",
      '      email: event.user.profile.email # "Ann@Example.com", in 1 of 2 events',
      '    eventType: event.type # "message", in 2 of 2 events, 2 different',
      '    eventId: event_id # "Ev1", in 2 of 2 events, 2 different',
      "    occurredAt: event_time # 1700000000, in 2 of 2 events, always the same",
      "",
    ].join("\n"),
  );

  const pasted = await checkPayload(filesOf(yaml, payloads), "chat", "", "--json");
  const { deliveries, suggestions, warnings } = JSON.parse(pasted.stdout) as Report;
  expect([suggestions, warnings]).toEqual([[], []]);
  expect(deliveries.map(({ events }) => events[0]!.event)).toMatchObject([
    { home: "chat:T1/U1", id: "Ev1", type: "message" },
    { home: "chat:T1/U7", id: "Ev2", others: ["email:ann@example.com"] },
  ]);

  const json = await checkPayload(bare, "chat", "", "--json");
  const told = JSON.parse(json.stdout) as Report;
  expect(told.suggestedYaml).toBe(yaml.trimEnd());
  expect(told.suggestions.map(({ field }) => field)).toContain("replaceProfileId");
  expect(told.warnings.length).toBe(1);
});

const SIGNED = `
sources:
  signed:
    secret: from the environment
    verify: { scheme: token, in: header, name: x-token }
    replaceProfileId: user
`;

test("whether the delivery proves itself, where the request is given", async () => {
  const files = filesOf(SIGNED, { "event.json": { user: "U7" } });
  const untried = await checkPayload(files, "signed", "event.json");
  expect(untried.stdout).toMatch(/^not verified here: give the request's headers with --header/);
  const refused = await checkPayload(files, "signed", "event.json", "--header", "X-Token: guessed");
  expect(refused.stdout).toMatch(/^not verified, so it would be answered 401: [^\n]+\n\nfield/);
  const right = ["--header", "X-Token: from the environment"];
  const verified = await checkPayload(files, "signed", "event.json", ...right);
  expect(verified.stdout).toMatch(/^verified: it comes from the sender\n\nfield/);
  const json = await checkPayload(files, "signed", "event.json", "--json", ...right);
  const { deliveries } = JSON.parse(json.stdout) as Report;
  expect(deliveries[0]!.verification).toEqual({ kind: "verified" });
  for (const { stdout } of [untried, refused, verified, json])
    expect(stdout).not.toContain("from the environment");
});

test("a handshake makes no event", async () => {
  const files = filesOf("sources: { chat: { handshake: slack, replaceProfileId: user } }", {
    "hello.json": { type: "url_verification", challenge: "c", token: "t" },
  });
  const { code, stdout } = await checkPayload(files, "chat", "hello.json");
  expect([code, stdout]).toEqual([0, "a handshake: it is answered, and makes no event\n"]);
});

test("what the service would turn away is told", async () => {
  const files = filesOf(
    "sources: { chat: { enabled: false, bodyBytesMax: 5, replaceProfileId: u } }",
    {
      "large.json": { u: "U7" },
      "small.json": "{}",
    },
  );
  const { code, stderr } = await checkPayload(files, "chat", "large.json");
  expect(code).toBe(1);
  expect(stderr).toContain("warning: chat is disabled: every delivery is answered 403\n");
  expect(stderr).toContain("selfsame: The body is larger than 5 bytes.\n");
  expect((await checkPayload(files, "chat", "small.json")).code).toBe(0);
});

test("what cannot be checked is wrong usage", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
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
