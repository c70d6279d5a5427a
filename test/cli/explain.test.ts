/** `explain` as a process: for people, for machines, and by rules that are not in force. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { postJson } from "../support/sender.ts";
import { runCommand, startService, writeConfig } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SOURCES =
  "sources: { crm: { replaceProfileId: id, occurredAt: t, identifiers: { email: email } } }\n";
const rules = (limit: number) =>
  `${SOURCES}identity: { namespaces: { crm: { limit: ${limit} } } }\n`;

test("it tells why, and why not, and whom nobody knows", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, rules(1));
  const chosen = ["--config", config, "--database", join(folder, "selfsame.db")];
  const payloads = [1, 2].map((id) => JSON.stringify({ id, t: id, email: "ann@x" }));
  await runCommand(["import", ...chosen, "--source", "crm", "-"], { input: payloads.join("\n") });
  const explain = (...more: readonly string[]) => runCommand(["explain", ...chosen, ...more]);

  const one = await explain("crm:1", "email:ANN@x");
  expect([one.code, one.stderr]).toEqual([0, ""]);
  expect(one.stdout).toMatch(
    /^crm:1 and email:ANN@x are one person, pr_\w+\n {2}crm:1 – email:ann@x {2}followed\n {4}1 verified event of 1970-01-01T00:00:01\.000Z: ev_\w+\n$/,
  );
  const two = await explain("crm:1", "crm:2");
  expect([two.code, two.stderr]).toEqual([0, ""]);
  expect(two.stdout).toMatch(/^crm:1 and crm:2 are two people, pr_\w+ and pr_\w+\n/);
  expect(two.stdout).toContain("refused: one person may hold no more than 1 crm (limit)\n");

  const machine = await explain("crm:1", "crm:2", "--json");
  expect(JSON.parse(machine.stdout)).toMatchObject({
    samePerson: false,
    because: [{ outcome: "refused", rule: "limit" }],
  });

  // Rules that are not in force have refused nothing, so their number is not told.
  writeConfig(folder, rules(7));
  const { stdout } = await explain("crm:1", "crm:2");
  expect(stdout).toContain("refused: one person may hold only so many crm (limit)\n");

  expect(await explain("crm:1", "crm:9")).toMatchObject({
    code: 1,
    stdout: "",
    stderr: "selfsame: nobody is known by crm:9\n",
  });
  expect((await explain("crm:1")).code).toBe(2);

  const encoded = await explain("crm:1", "email:bob%40x");
  expect([encoded.code, encoded.stderr]).toEqual([
    1,
    "selfsame: nobody is known by email:bob%40x; on the command line it is not URL-encoded: email:bob@x\n",
  ]);
  expect((await explain("crm:100%")).code).toBe(2);
  expect((await explain("crm:1", "crm:100%")).stderr).toBe(
    "selfsame: nobody is known by crm:100%\n",
  );
});

test("a join on the path is told with who ruled so and why", async () => {
  const folder = temporaryFolder();
  const files = { config: writeConfig(folder, SOURCES), database: join(folder, "selfsame.db") };
  const { url } = await startService(files);
  for (const id of [1, 2]) await postJson(url, "crm", { id, email: `ann${id}@x` });
  const decision = { kind: "join", a: "crm:1", b: "crm:2", reason: "she told us", by: "Eve" };
  const decided = await fetch(`${url}/v1/decisions`, {
    method: "POST",
    body: JSON.stringify(decision),
  });
  expect(decided.status).toBe(200);
  const { config, database } = files;
  const chosen = ["--config", config, "--database", database];
  const { stdout } = await runCommand(["explain", ...chosen, "crm:1", "crm:2"]);
  expect(stdout).toMatch(
    /\n {2}crm:1 – crm:2 {2}followed\n {4}decision dc_\w+ of \S+ by Eve: she told us\n$/,
  );
});

test("without a database it says how to name one", async () => {
  const folder = temporaryFolder();
  const chosen = ["--config", writeConfig(folder, SOURCES), "--database", join(folder, "none.db")];
  const { code, stderr } = await runCommand(["explain", ...chosen, "crm:1", "crm:2"]);
  expect([code, stderr]).toEqual([
    1,
    `selfsame: there is no database at ${join(folder, "none.db")}; name another with --database, or serve or import first\n`,
  ]);
});
