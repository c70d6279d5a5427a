/** `export` as users run it: the same values in every format, everything once, and nothing half written. */
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { beforeEach, describe, expect, test } from "vitest";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { openTestApp, type TestApp } from "../support/app.ts";
import { readParquetFile } from "../support/parquet.ts";
import { CommandProcess, runCommand, type RunOptions } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = `
sources:
  crm: { replaceProfileId: id, eventId: ev, occurredAt: t, eventType: type, identifiers: { email: email, account: account }, traits: { name: name, score: score } }
  shop: { replaceProfileId: id, idSpace: customer, eventId: ev, identifiers: { email: email, account: account } }
identity: { namespaces: { account: { limit: 1 }, email: { block: ["noreply@*"] } } }
`;
const FORMULA = '=HYPERLINK("https://example.com";"Click")';

/** Whatever a format could trip over. */
const EVENTS: readonly (readonly [source: string, body: unknown])[] = [
  [
    "crm",
    { ev: "e1", t: 3, id: 1, email: "ann@example.com", name: 'Ann, "the" 日本 😀', score: 1 },
  ],
  [
    "crm",
    '{ "ev": "e2", "t": 1,\r\n "id": 9007199254740993,\n "email": "ann@example.com", "score": 1.50 }',
  ],
  ["shop", { ev: "e3", id: "-7", email: "ann@example.com", account: "A" }],
  ["shop", { ev: "e4", id: "-8", email: "bo@example.com", account: "B" }],
  // Ann and Bo would be one person with two accounts.
  ["crm", { ev: "e5", t: "0001-02-03T04:05:06.789Z", id: 1, email: "bo@example.com" }],
  ["crm", { ev: "e6", t: 2, id: 2, email: "noreply@example.com", type: FORMULA }],
  [
    "crm",
    { ev: "e7", t: "9999-12-31T23:59:59.999Z", id: "=1+1", type: "@SUM(1)", name: "+1\r\n-1" },
  ],
  ["crm", { ev: "e8", t: 5, id: "plain", type: "\ttab", name: "" }],
];

interface Place {
  readonly folder: string;
  readonly database: string;
}

async function seeded(): Promise<Place & { readonly app: TestApp }> {
  const folder = temporaryFolder();
  const database = join(folder, "selfsame.db");
  const app = await openTestApp(CONFIG, { store: new SqliteStore(database) });
  for (const [source, body] of EVENTS) await app.service.post(source, body);
  return { folder, database, app };
}

function exportOf({ database }: Pick<Place, "database">, ...rest: readonly string[]): string[] {
  return ["export", ...rest, "--database", database];
}

/** What the command printed, once it has ended well. */
async function printed(call: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runCommand(call, options);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout;
}

type Json = Readonly<Record<string, unknown>>;

/** The texts of the lines; what they say is JSON. */
async function exportedLines(place: Place, what: string): Promise<string[]> {
  const text = await printed(exportOf(place, what));
  expect(text).toMatch(/\n$/);
  return text.split("\n").slice(0, -1);
}

let place: Awaited<ReturnType<typeof seeded>>;
beforeEach(async () => {
  place = await seeded();
});

const snakeCase = (name: string) =>
  name.replaceAll(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);

/** The text of a member of a line, whatever its digits: each value ends where the next member begins. */
function memberText(line: string, name: string, next?: string): string {
  const start = line.indexOf(`"${name}":`) + name.length + 3;
  return line.slice(start, next === undefined ? -1 : line.indexOf(`,"${next}":`, start));
}

/** The columns of a line of NDJSON: the same by other names, lists and objects as their texts. */
const COLUMNS: Readonly<Record<string, (line: string) => Json>> = {
  profiles(line) {
    const { id, eventCount, firstSeenAt, lastSeenAt } = JSON.parse(line) as Json;
    return {
      id,
      former_ids: memberText(line, "formerIds", "identifiers"),
      identifiers: memberText(line, "identifiers", "traits"),
      traits: memberText(line, "traits", "eventCount"),
      event_count: eventCount,
      first_seen_at: firstSeenAt,
      last_seen_at: lastSeenAt,
    };
  },
  journeys(line) {
    const { payload: _payload, ...rest } = JSON.parse(line) as Json;
    const members = Object.entries(rest).map(([name, value]) => [snakeCase(name), value] as const);
    return { ...Object.fromEntries(members), payload: memberText(line, "payload") };
  },
  links(line) {
    const { profiles, rule = null, reason = null, ...rest } = JSON.parse(line) as Json;
    const [a, b] = profiles as [string, string];
    const members = Object.entries(rest).map(([name, value]) => [snakeCase(name), value] as const);
    return { ...Object.fromEntries(members), profile_a: a, profile_b: b, rule, reason };
  },
};
const TIMES = new Set(["occurred_at", "received_at", "first_seen_at", "last_seen_at"]);
const COUNTS = new Set(["event_count", "events"]);

/** A cell of CSV as the value that was meant: the apostrophe off what would be a formula, empty as nothing. */
function valueOf(name: string, cell: string): unknown {
  if (COUNTS.has(name)) return Number(cell);
  if (cell === "" && ["rule", "reason"].includes(name)) return null;
  return /^'['"\s]*[=+\-@]|^'['"]*[\t\r\n]/.test(cell) ? cell.slice(1) : cell;
}

function mapped(row: Json, map: (name: string, value: never) => unknown): Json {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, map(name, value as never)]),
  );
}

describe.each(["profiles", "journeys", "links"])("%s", (what) => {
  test("CSV and Parquet hold the values of NDJSON, row for row", async () => {
    const lines = await exportedLines(place, what);
    const expected = lines.map((line) => COLUMNS[what]!(line));
    expect(expected.length).toBeGreaterThan(3);

    const csv = await printed(exportOf(place, what, "--format", "csv"));
    const rows = parse(csv, { columns: true, record_delimiter: "\r\n" }) as Json[];
    expect(rows.map((row) => mapped(row, valueOf))).toEqual(expected);

    const file = join(place.folder, "export.parquet");
    expect(await printed(exportOf(place, what, "--output", file))).toBe("");
    const parquet = readParquetFile(file);
    expect(Object.keys(parquet.types)).toEqual(csv.split("\r\n", 1)[0]!.split(","));
    for (const [name, type] of Object.entries(parquet.types)) {
      const text = COUNTS.has(name) ? "Int64" : "Utf8";
      expect(type).toBe(TIMES.has(name) ? "Timestamp<MILLISECOND, UTC>" : text);
    }
    const timed = (name: string, value: unknown) =>
      TIMES.has(name) ? new Date(value as number).toISOString() : value;
    const counted = (name: string, value: unknown) =>
      COUNTS.has(name) ? Number(value) : timed(name, value);
    expect(parquet.rows.map((row) => mapped(row, counted))).toEqual(expected);
  });

  test("without anybody there are no rows, in CSV and Parquet still the columns", async () => {
    const database = join(temporaryFolder(), "empty.db");
    await new SqliteStore(database).close();
    const empty = { database, folder: place.folder };
    expect(await printed(exportOf(empty, what))).toBe("");
    const csv = await printed(exportOf(empty, what, "--format", "csv"));
    expect(csv).toMatch(/^[a-z_]+(,[a-z_]+)+\r\n$/);
    const file = join(place.folder, "empty.parquet");
    await printed(exportOf(empty, what, "--output", file));
    const { types, rows } = readParquetFile(file);
    expect(rows).toEqual([]);
    expect(Object.keys(types)).toEqual(csv.trim().split(","));
  });
});

test("a profile is what the query API says of it, to the letter, and a journey what it lists", async () => {
  const events = (await exportedLines(place, "journeys")).map((line) => JSON.parse(line) as Json);
  for (const line of await exportedLines(place, "profiles")) {
    const { id } = JSON.parse(line) as { id: string };
    expect((await place.app.get(`/v1/profiles/${id}`)).text).toBe(line);
    const { text } = await place.app.get(`/v1/profiles/${id}/journey`);
    const journey = (JSON.parse(text) as { events: Json[] }).events;
    const exported = events.filter(({ profile }) => profile === id);
    expect(exported).toEqual(journey.map((event) => ({ profile: id, ...event })));
  }
});

test("I10: digits stay as they came, and a payload stays on its line", async () => {
  const lines = await exportedLines(place, "journeys");
  expect(lines).toHaveLength(EVENTS.length);
  const payload = String(EVENTS[1]![1]).replaceAll(/[\r\n]+/g, " ");
  expect(lines.filter((line) => line.endsWith(`"payload":${payload}}`))).toHaveLength(1);
});

test("links say what became of them, with the numbers of the rules that were in force", async () => {
  const links = (await exportedLines(place, "links")).map((line) => JSON.parse(line) as Json);
  expect(links.map(({ outcome }) => outcome)).toContain("followed");
  expect(links.map(({ reason }) => reason)).toEqual(
    expect.arrayContaining([
      "email:noreply@example.com is a blocked value (email: noreply@*)",
      "one person may hold no more than 1 account (limit)",
    ]),
  );
});

test("no cell of a CSV begins as a formula does", async () => {
  for (const what of ["profiles", "journeys", "links"]) {
    const csv = await printed(exportOf(place, what, "--format", "csv"));
    const cells = parse(csv, { record_delimiter: "\r\n" }).flat();
    expect(cells.filter((cell) => /^\s*[=+\-@]|^[\t\r\n]/.test(cell))).toEqual([]);
    if (what === "journeys") expect(cells).toContain(`'${FORMULA}`);
  }
});

test("Parquet of several row groups goes to standard output where that is no terminal", async () => {
  await fill(place);
  const file = join(place.folder, "piped");
  await printed(exportOf(place, "journeys", "--format", "parquet"), {
    shellBefore: `exec >'${file}'`,
  });
  const lines = await exportedLines(place, "journeys");
  const { rows } = readParquetFile(file);
  expect(rows.map(({ payload }) => payload)).toEqual(
    lines.map((line) => memberText(line, "payload")),
  );
});

test("the ending of the file's name tells the format where nothing else does", async () => {
  const [csv, forced, other] = ["a.CSV", "b.csv", "c.jsonl"].map((name) =>
    join(place.folder, name),
  );
  await printed(exportOf(place, "profiles", "--output", csv!));
  await printed(exportOf(place, "profiles", "--output", forced!, "--format", "ndjson"));
  await printed(exportOf(place, "profiles", "--output", other!));
  expect(readFileSync(csv!, "utf8")).toMatch(/^id,former_ids,/);
  const lines = readFileSync(forced!, "utf8");
  expect(lines).toMatch(/^\{"id":/);
  expect(readFileSync(other!, "utf8")).toBe(lines);
});

/** Makes the journeys larger than any buffer on the way. */
async function fill({ app }: { readonly app: TestApp }): Promise<void> {
  const filler = "x".repeat(500_000);
  for (let number = 0; number < 8; number++)
    await app.service.post("crm", { ev: `f${number}`, id: 1, filler });
}

test("who has read enough, as head does, ends it without a word", async () => {
  await fill(place);
  for (const format of ["ndjson", "csv", "parquet"]) {
    const call = exportOf(place, "journeys", "--format", format);
    const file = join(place.folder, "status");
    const pipe = `{ "$@"; echo $? >'${file}'; } | head -c 100; exit 0`;
    const headed = await runCommand(call, { shellBefore: pipe });
    expect(headed.stderr).toBe("");
    expect(readFileSync(file, "utf8")).toBe("0\n");
  }
});

test.skipIf(!existsSync("/dev/full"))("a full disk is told in one line", async () => {
  const full = [
    await runCommand(exportOf(place, "journeys", "--output", "/dev/full")),
    await runCommand(exportOf(place, "journeys"), { shellBefore: "exec >/dev/full" }),
  ];
  expect(full.map(({ code }) => code)).toEqual([1, 1]);
  expect(full.map(({ stderr }) => stderr)).toEqual([
    "selfsame: /dev/full could not be written to the end: there is no room left on its disk\n",
    "selfsame: standard output could not be written to the end: there is no room left on its disk\n",
  ]);
});

test("a file is replaced when the new one is whole, and left alone where it cannot be", async () => {
  await fill(place);
  const file = join(place.folder, "journeys.ndjson");
  writeFileSync(file, "older");
  const before = readdirSync(place.folder).toSorted();
  // In blocks of 512 bytes: far less than there is to write.
  const limited = await runCommand(exportOf(place, "journeys", "--output", file), {
    shellBefore: "ulimit -f 100",
  });
  expect(limited.code).toBe(1);
  expect(limited.stderr).toMatch(/^selfsame: [^\n]*journeys\.ndjson could not be written[^\n]*\n$/);
  expect(readFileSync(file, "utf8")).toBe("older");
  expect(readdirSync(place.folder).toSorted()).toEqual(before);
  await printed(exportOf(place, "journeys", "--output", file));
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(EVENTS.length + 8 + 1);
  expect(readdirSync(place.folder).toSorted()).toEqual(before);
});

test("the database itself is never the output, by whatever name", async () => {
  const { folder, database } = place;
  const link = join(folder, "link.ndjson");
  const hardLink = join(folder, "hard.ndjson");
  symlinkSync(database, link);
  linkSync(database, hardLink);
  for (const file of [database, `${database}-wal`, link, hardLink]) {
    const { code, stderr } = await runCommand(exportOf(place, "profiles", "--output", file));
    expect([code, stderr]).toEqual([
      2,
      `selfsame: ${file} is the database that is exported; name another file\n`,
    ]);
  }
  expect(readFileSync(database).subarray(0, 15).toString()).toBe("SQLite format 3");
});

test("whoever could not read the file that is replaced cannot read the new one", async () => {
  const file = join(place.folder, "journeys.ndjson");
  writeFileSync(file, "older", { mode: 0o600 });
  await printed(exportOf(place, "journeys", "--output", file));
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
});

test("stopped on the way, it leaves the whole file or none", async () => {
  await fill(place);
  const before = readdirSync(place.folder).toSorted();
  const file = join(place.folder, "journeys.ndjson");
  const exporting = new CommandProcess(exportOf(place, "journeys", "--output", file));
  await expect
    .poll(() => readdirSync(place.folder).length, { timeout: 30_000, interval: 1 })
    .toBeGreaterThan(before.length);
  exporting.kill("SIGTERM");
  const { code } = await exporting.exited;
  expect(exporting.stderr).toBe(
    code === 0 ? "" : `selfsame: stopped by SIGTERM; ${file} was not written\n`,
  );
  const after = code === 0 ? [...before, "journeys.ndjson"].toSorted() : before;
  expect(readdirSync(place.folder).toSorted()).toEqual(after);
});

test("it sees one moment while others write: of what is committed together all or nothing", async () => {
  const { service } = place.app;
  const batch = (number: number) =>
    [1, 2, 3].map((part) => ({
      ev: `b${number}-${part}`,
      id: `p${(number * part) % 50}`,
      t: number,
    }));
  for (let number = 0; number < 200; number++) await service.post("crm", batch(number));
  const exporting = new CommandProcess(exportOf(place, "journeys"));
  const ended = exporting.exited.then(() => true);
  const turn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  for (let number = 200; !(await Promise.race([ended, turn()])); number++)
    await service.post("crm", batch(number));
  expect(await exporting.exited).toEqual({ code: 0, signal: null });
  const keys = exporting.stdout.match(/(?<="ev":"b)\d+(?=-)/g)!.map(Number);
  const batches = new Map<number, number>();
  for (const key of keys) batches.set(key, (batches.get(key) ?? 0) + 1);
  expect(batches.size).toBeGreaterThanOrEqual(200);
  expect(new Set(batches.values())).toEqual(new Set([3]));
  // What came later is missing, and nothing before it is.
  expect(Math.max(...keys)).toBe(batches.size - 1);
});

test("what it cannot do is told in one line or two: tables, formats, places", async () => {
  const { folder } = place;
  const missing = join(folder, "missing.db");
  const calls = [
    [exportOf(place, "people"), 2, "Allowed choices are profiles, journeys, links."],
    [exportOf(place, "links", "--format", "xlsx"), 2, "Allowed choices are ndjson, csv, parquet."],
    [exportOf(place, "links", "--output", join(folder, "a.xlsx")), 2, ".xlsx tells no format"],
    [exportOf({ database: missing }, "links"), 1, `there is no database at ${missing}`],
    [exportOf(place, "links", "--output", folder), 2, `${folder} is a folder; name a file in it`],
    [
      exportOf(place, "links", "--output", join(folder, "no", "file")),
      2,
      `there is no folder ${join(folder, "no")} for ${join(folder, "no", "file")}`,
    ],
  ] as const;
  for (const [call, expected, reason] of calls) {
    const { code, stdout, stderr } = await runCommand(call);
    expect([code, stdout]).toEqual([expected, ""]);
    expect(stderr).toContain(reason);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  }
  expect(existsSync(missing)).toBe(false);
});

test("--help tells what there is", async () => {
  const help = await printed(["export", "--help"]);
  for (const word of ["profiles", "journeys", "links", "ndjson", "csv", "parquet", "--output"])
    expect(help).toContain(word);
});
