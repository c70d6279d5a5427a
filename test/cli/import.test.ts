/** `import` as a process: counts, faulty lines, standard input, recorded requests, and every kind of interruption. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { digestOfDeliveries, readDatabase } from "../support/reference.ts";
import {
  CommandProcess,
  runCommand,
  serviceFiles,
  type RunOptions,
  type ServiceFiles,
} from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** Few lines at once, so that an import can be met between two commits. */
const LINES_AT_ONCE = 10;
const CONFIG = `
sources:
  crm:
    replaceProfileId: id
    eventId: event
    occurredAt: at
    identifiers: { email: email }
    traits: { name: name }
  hooks:
    replaceProfileId: [user.id, "user[id]"]
    eventId: header:x-delivery
    occurredAt: query:at
limits: { pendingDeliveriesMax: ${LINES_AT_ONCE} }
`;

/** Three events a person, the last with the address that a neighbour shares. */
function linesOf(count: number): string[] {
  return Array.from({ length: count }, (_, number) => {
    const person = Math.floor(number / 3);
    const email = number % 3 === 2 ? `p${person - (person % 2)}@example.com` : undefined;
    const at = 1_700_000_000 + (number % 7);
    return JSON.stringify({ id: `u${person}`, event: `e${number}`, at, name: `n${number}`, email });
  });
}

function importInto(
  { config, database }: ServiceFiles,
  source: string,
  file: string,
  ...more: readonly string[]
): string[] {
  return ["import", "--config", config, "--database", database, "--source", source, file, ...more];
}

function fileOf(folder: string, lines: readonly string[]): string {
  const file = join(folder, "payloads.ndjson");
  writeFileSync(file, lines.map((line) => `${line}\n`).join(""));
  return file;
}

function digestOfLines(lines: readonly string[]): Promise<string> {
  return digestOfDeliveries(
    CONFIG,
    lines.map((body) => ({ source: "crm", contentType: "application/json", body })),
  );
}

function countEvents(database: string): number {
  if (!existsSync(database)) return 0;
  const client = new Database(database, { readonly: true });
  try {
    return client.prepare("SELECT count(*) FROM event_rows").pluck().get() as number;
  } catch (error) {
    // It is there before its tables are.
    if (error instanceof Database.SqliteError) return 0;
    throw error;
  } finally {
    client.close();
  }
}

async function runJson(call: readonly string[], options: RunOptions = {}): Promise<unknown> {
  const { code, stdout, stderr } = await runCommand([...call, "--json"], options);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test("it prints the counts; run again, everything is a duplicate and nothing changes", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const lines = linesOf(60);
  const call = importInto(files, "crm", fileOf(folder, lines));
  const { code, stdout, stderr } = await runCommand(call);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe("lines       60\naccepted    60\nrejected    0\n");
  const { digest } = await readDatabase(files.database);
  expect(digest).toBe(await digestOfLines(lines));

  expect(await runJson(call)).toEqual({ lines: 60, duplicate: 60, rejected: 0 });
  expect((await readDatabase(files.database)).digest).toBe(digest);
});

test("a line that cannot be read is told with its number, the others are imported, and it ends with 1", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const good = linesOf(12);
  // Blank lines count as lines of the file, but not as payloads; the last line needs no end.
  const text = [good[0], "", '{"id":', ...good.slice(1), "[[[", '"text"'].join("\r\n");
  const file = join(folder, "mixed.ndjson");
  writeFileSync(file, text);
  const { code, stdout, stderr } = await runCommand([...importInto(files, "crm", file), "--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ lines: 15, accepted: 12, quarantined: 1, rejected: 2 });
  expect(stderr).toBe(
    "line 3: The body is not JSON: it ends too early.\n" +
      "line 15: The body is not JSON: it ends too early.\n" +
      "selfsame: 2 of 15 lines were rejected\n",
  );
  const { digest, events } = await readDatabase(files.database);
  expect(digest).toBe(await digestOfLines(good));
  // The end of the line is no part of the payload.
  expect(events.map(({ payload }) => payload).toSorted()).toEqual(good.toSorted());
});

test("it reads standard input", async () => {
  const files = serviceFiles(temporaryFolder(), CONFIG);
  const input = linesOf(25).join("\n");
  const call = importInto(files, "crm", "-");
  expect(await runJson(call, { input })).toEqual({ lines: 25, accepted: 25, rejected: 0 });
});

test("recorded requests keep their headers, their query and the text of their body", async () => {
  const files = serviceFiles(temporaryFolder(), CONFIG);
  const body = '{ "user": {"id": 9007199254740993}, "n": 1.0 }';
  const requests = [
    `{"headers":{"X-Delivery":"d1"},"query":"at=1700000000","eventType":"login","body":${body}}`,
    '{"headers":{"x-delivery":"d2","content-type":"application/x-www-form-urlencoded"},"body":"user%5Bid%5D=U1"}',
    `{"headers":{"x-delivery":"d1"},"body":${body}}`,
    '{"headers":{"x-delivery":"d4"}}',
    '{"headers":{"x-delivery":5},"body":{}}',
  ];
  const input = `${requests.join("\n")}\n`;
  const { code, stdout, stderr } = await runCommand(
    [...importInto(files, "hooks", "-", "--requests"), "--json"],
    { input },
  );
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({ lines: 5, accepted: 2, duplicate: 1, rejected: 2 });
  expect(stderr).toMatch(/^line 4: The line is no recorded request.\nline 5: /);
  const { events } = await readDatabase(files.database);
  const [first, second] = events.toSorted((left, right) => (left.key < right.key ? -1 : 1));
  expect(first).toMatchObject({
    key: "d1",
    type: "login",
    occurredAt: 1_700_000_000_000,
    payload: body,
  });
  expect(second).toMatchObject({ key: "d2", type: "hooks", timeGiven: false });
  expect(second!.payload).toBe('{"user":{"id":"U1"}}');
});

test("a line that is not UTF-8 is rejected, not repaired", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const file = join(folder, "latin1.ndjson");
  writeFileSync(
    file,
    Buffer.from('{"headers":{"x-delivery":"d1"},"body":{"id":"Zo\xeb"}}\n', "latin1"),
  );
  for (const more of [[], ["--requests"]]) {
    const { code, stdout } = await runCommand([
      ...importInto(files, "hooks", file, ...more),
      "--json",
    ]);
    expect([code, JSON.parse(stdout)]).toEqual([1, { lines: 1, rejected: 1 }]);
  }
});

test("killed on the way and run again, it imports what is missing and nothing twice", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const lines = linesOf(400);
  const half = `${lines.slice(0, 200).join("\n")}\n`;
  const call = importInto(files, "crm", "-");
  const importing = new CommandProcess(call, { input: half, moreInput: true });
  await expect
    .poll(() => countEvents(files.database), { timeout: 30_000, interval: 5 })
    .toBeGreaterThan(0);
  importing.kill("SIGKILL");
  expect((await importing.exited).signal).toBe("SIGKILL");
  const imported = countEvents(files.database);

  const again = importInto(files, "crm", fileOf(folder, lines));
  expect(await runJson(again)).toEqual({
    lines: 400,
    duplicate: imported,
    accepted: 400 - imported,
    rejected: 0,
  });
  expect((await readDatabase(files.database)).digest).toBe(await digestOfLines(lines));
});

test("when the database is held by another it stops, says where, and goes on when run again", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const lines = linesOf(2 * LINES_AT_ONCE);
  const importing = new CommandProcess(importInto(files, "crm", "-"), {
    input: `${lines.slice(0, LINES_AT_ONCE).join("\n")}\n`,
    moreInput: true,
  });
  await expect
    .poll(() => countEvents(files.database), { timeout: 30_000, interval: 5 })
    .toBe(LINES_AT_ONCE);
  const other = new Database(files.database);
  other.exec("BEGIN EXCLUSIVE");
  importing.write(`${lines.slice(LINES_AT_ONCE).join("\n")}\n`);
  expect((await importing.exited).code).toBe(1);
  expect(importing.stdout).toBe("");
  expect(importing.stderr).toBe(
    `selfsame: stopped at line ${LINES_AT_ONCE + 1}: Not stored: another process holds the database; ` +
      "try again soon. Run the import again; nothing is imported twice\n",
  );
  other.exec("COMMIT");
  other.close();

  const again = importInto(files, "crm", fileOf(folder, lines));
  expect(await runJson(again)).toEqual({
    lines: 2 * LINES_AT_ONCE,
    duplicate: LINES_AT_ONCE,
    accepted: LINES_AT_ONCE,
    rejected: 0,
  });
});

test("what it cannot start on is wrong usage, told in one line", async () => {
  const folder = temporaryFolder();
  const files = serviceFiles(folder, CONFIG);
  const calls = [
    [
      importInto(files, "crm", join(folder, "missing.ndjson")),
      `there is no file ${join(folder, "missing.ndjson")}\n`,
    ],
    [importInto(files, "crm", folder), "is a folder"],
    [importInto(files, "crn", "-"), "no source is called crn; configured are crm, hooks"],
  ] as const;
  for (const [call, reason] of calls) {
    const { code, stdout, stderr } = await runCommand(call);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(/^selfsame: [^\n]+\n$/);
  }
  expect(existsSync(files.database)).toBe(false);
});

test("no line is turned away because those before it fill what may wait", async () => {
  const folder = temporaryFolder();
  const config = CONFIG.replace("limits: {", "limits: { pendingBytesMax: 300,");
  const files = serviceFiles(folder, config);
  const lines = [
    ...linesOf(30),
    JSON.stringify({ id: "u0", event: "large", text: "x".repeat(2000) }),
  ];
  const { code, stdout } = await runCommand(
    importInto(files, "crm", fileOf(folder, lines), "--json"),
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ lines: 31, accepted: 31, rejected: 0 });
});
