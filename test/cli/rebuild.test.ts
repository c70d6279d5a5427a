/** `rebuild` as a process: only to compare, to mend, and to apply other rules. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runCommand, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SOURCES = "sources: { crm: { replaceProfileId: id, identifiers: { email: email } } }\n";
const PAYLOADS = [1, 2, 3].map((id) => JSON.stringify({ id, email: "ann@x" })).join("\n");

async function imported() {
  const folder = temporaryFolder();
  const database = join(folder, "selfsame.db");
  const chosen = ["--config", writeConfig(folder, SOURCES), "--database", database];
  const { code } = await runCommand(["import", ...chosen, "--source", "crm", "-"], {
    input: PAYLOADS,
  });
  expect(code).toBe(0);
  const rebuild = (...more: readonly string[]) => runCommand(["rebuild", ...chosen, ...more]);
  const digest = async () => (await runCommand(["digest", ...chosen])).stdout;
  return { folder, database, rebuild, digest };
}

test("nothing differs, until somebody meddles with the database; rebuilt, it is what it was", async () => {
  const { database, rebuild, digest } = await imported();
  const whole = "4 identifiers, 3 links, rules version 1: ";
  expect(await rebuild("--check")).toMatchObject({
    code: 0,
    stdout: `${whole}nothing differs\n`,
    stderr: "",
  });
  const before = await digest();

  const client = new Database(database);
  client.exec("UPDATE identifier_rows SET profile = ordinal WHERE value = '2'");
  client.close();
  expect(await digest()).not.toBe(before);
  const check = await rebuild("--check");
  expect(check.code).toBe(1);
  expect(check.stdout).toMatch(/^merge pr_\w+ \(.*\)\n {3}and pr_\w+ \(/);
  expect(check.stdout).toContain(`${whole}would change: 1 merge and 0 splits; `);
  expect(check.stderr).toMatch(/^selfsame: the database is not what [^\n]+\n$/);
  expect(await digest()).not.toBe(before);

  const mended = await rebuild();
  expect([mended.code, mended.stderr]).toEqual([0, ""]);
  expect(mended.stdout).toContain(`${whole}1 merge and 0 splits; `);
  expect(await digest()).toBe(before);
  expect((await rebuild("--check")).code).toBe(0);
});

test("rules that are not in force are no fault of the database, and have no version yet", async () => {
  const { folder, rebuild } = await imported();
  writeConfig(folder, `${SOURCES}identity: { namespaces: { email: { block: [ann@x] } } }\n`);
  const check = await rebuild("--check");
  expect(check.code).toBe(1);
  expect(check.stdout).toContain(
    "4 identifiers, 3 links, by the configured rules, which are not in force: would change: 0 merges and 1 split; ",
  );
  expect(check.stderr).toMatch(
    /^selfsame: the configured rules are not those in force; rebuild [^\n]+ puts them in force\n$/,
  );
  const applied = await rebuild();
  expect([applied.code, applied.stderr]).toEqual([0, ""]);
  expect(applied.stdout).toContain(
    "3 links, rules version 2, in force from now on: 0 merges and 1 split; ",
  );
});

test("rules that change nobody still wait to be put in force", async () => {
  const { folder, rebuild } = await imported();
  writeConfig(folder, `${SOURCES}identity: { namespaces: { email: { limit: 7 } } }\n`);
  const check = await rebuild("--check");
  expect([check.code, check.stdout]).toEqual([
    1,
    "4 identifiers, 3 links, by the configured rules, which are not in force: nothing differs\n",
  ]);
  expect((await rebuild()).code).toBe(0);
  expect((await rebuild("--check")).code).toBe(0);
});

test("other rules: told with --check, applied without, as JSON for machines", async () => {
  const { folder, rebuild, digest } = await imported();
  const before = await digest();
  writeConfig(folder, `${SOURCES}identity: { namespaces: { email: { block: [ann@x] } } }\n`);
  const check = await rebuild("--check", "--json");
  expect(check.code).toBe(1);
  const told = JSON.parse(check.stdout) as Record<string, unknown>;
  expect(told).toMatchObject({
    rulesVersion: 2,
    identifiers: 4,
    links: 3,
    differing: { links: 3 },
    merges: [],
    splits: [{ links: [{ rule: "blocked" }, { rule: "blocked" }, { rule: "blocked" }] }],
  });
  expect(await digest()).toBe(before);
  const applied = await rebuild("--json");
  expect([applied.code, JSON.parse(applied.stdout)]).toEqual([0, told]);
  expect(await digest()).not.toBe(before);
  expect((await rebuild("--check")).code).toBe(0);
});

test("a database that is not there is told in one line, and not made", async () => {
  const folder = temporaryFolder();
  const database = join(folder, "missing.db");
  const config = writeConfig(folder, SOURCES);
  const { code, stdout, stderr } = await runCommand([
    "rebuild",
    "--config",
    config,
    "--database",
    database,
  ]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toBe(
    `selfsame: there is no database at ${database}; name another with --database, or serve or import first\n`,
  );
});
