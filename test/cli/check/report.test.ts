/** What `check` tells of payloads, as people and as programs read it. */
import { mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import {
  CHECK_CONFIG,
  CHECK_PAYLOAD,
  checkFiles,
  checkPayload,
  type CheckReport,
} from "../../support/check-payload.ts";

test("a payload is shown path by path as the source would take it, and nothing is stored", async () => {
  const files = checkFiles(CHECK_CONFIG, { "event.json": CHECK_PAYLOAD });
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
  const files = checkFiles(CHECK_CONFIG, { "event.json": CHECK_PAYLOAD });
  const { code, stdout } = await checkPayload(files, "chat", "event.json", "--json");
  expect(code).toBe(0);
  const { deliveries, summary, suggestions, warnings } = JSON.parse(stdout) as CheckReport;
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
  const files = checkFiles(CHECK_CONFIG, { "event.json": text });
  const { stdout } = await checkPayload(files, "chat", "event.json");
  expect(stdout).toContain("chat:12345678901234567890 (home)");
  expect(stdout).toContain('"\\u001b[2J\\u202e"');
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
  const json = await checkPayload(files, "chat", "event.json", "--json");
  expect(json.stdout).toContain('"value":"12345678901234567890"');
});

test("a form by its file's name, with headers and a query, and one that would be dropped", async () => {
  const yaml = `${CHECK_CONFIG}    traits: { campaign: query:utm }\n`;
  const files = checkFiles(yaml, { "a.form": "data%5Bid%5D=U7", "b.txt": "data%5Bid%5D=null" });
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
  const files = checkFiles("sources: { chat: { replaceProfileId: user, drop: [bot] } }", {
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
  const files = checkFiles(CHECK_CONFIG, {
    "list.json": [CHECK_PAYLOAD, { event: { user: "null" } }, 7],
  });
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
  const files = checkFiles("sources: { chat: { replaceProfileId: '$.l[*]' } }", {
    "long.json": { l: Array.from({ length: 50 }, () => null) },
  });
  const { stdout } = await checkPayload(files, "chat", "long.json");
  expect(stdout.match(/not used: the value is null/g)!.length).toBe(5);
  expect(stdout).toContain("and more that are not used");
});

const FOLDER = {
  "1.json": { ...CHECK_PAYLOAD, event: { type: "message", user: "U1" } },
  "2.json": { ...CHECK_PAYLOAD, event_id: "Ev2", event_time: "soon" },
  "3.json": { ...CHECK_PAYLOAD, event_id: "Ev1", event: { user: { id: "guest" } } },
  "4.json": '{"event":',
  ".hidden.json": "nothing to be read",
};

test("a folder is shown in a line for each event, and what it comes to together", async () => {
  const files = checkFiles(CHECK_CONFIG, FOLDER);
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
  const report = JSON.parse(json.stdout) as CheckReport;
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
  const payloads = { "1.json": FOLDER["1.json"], "2.json": { ...CHECK_PAYLOAD, event_id: "Ev2" } };
  const bare = checkFiles("sources: { chat: {} }", payloads);
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

  const pasted = await checkPayload(checkFiles(yaml, payloads), "chat", "", "--json");
  const { deliveries, suggestions, warnings } = JSON.parse(pasted.stdout) as CheckReport;
  expect([suggestions, warnings]).toEqual([[], []]);
  expect(deliveries.map(({ events }) => events[0]!.event)).toMatchObject([
    { home: "chat:T1/U1", id: "Ev1", type: "message" },
    { home: "chat:T1/U7", id: "Ev2", others: ["email:ann@example.com"] },
  ]);

  const json = await checkPayload(bare, "chat", "", "--json");
  const told = JSON.parse(json.stdout) as CheckReport;
  expect(told.suggestedYaml).toBe(yaml.trimEnd());
  expect(told.suggestions.map(({ field }) => field)).toContain("replaceProfileId");
  expect(told.warnings.length).toBe(1);
});
