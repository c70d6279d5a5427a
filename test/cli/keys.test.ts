/** `keys` as a process: what it prints and keeps, and that a service beside it heeds it at once. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { hashOfKey } from "../../src/keys.ts";
import { request } from "../support/sender.ts";
import {
  CommandProcess,
  runCommand,
  serviceFiles,
  startService,
  writeConfig,
  type Finished,
} from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = "sources: { crm: { replaceProfileId: id } }\n";

interface KeyView {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
}

function keys(database: string, ...rest: readonly string[]): Promise<Finished> {
  const [command, ...options] = rest;
  return runCommand(["keys", command!, "--database", database, ...options]);
}

async function keyMade(database: string, ...rest: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await keys(database, "create", ...rest);
  if (code !== 0) throw new Error(stderr);
  return stdout.trimEnd();
}

async function listed(database: string): Promise<readonly KeyView[]> {
  const { code, stdout } = await keys(database, "list", "--json");
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { readonly keys: readonly KeyView[] }).keys;
}

test("a key is printed once, and only its hash is kept", async () => {
  const folder = temporaryFolder();
  const database = join(folder, "selfsame.db");
  const made = await keys(database, "create", "--name", "analyst", "--scope", "read");
  expect([made.code, made.stdout]).toEqual([0, expect.stringMatching(/^ssk_[\w-]{43}\n$/)]);
  const key = made.stdout.trimEnd();
  expect(made.stderr).toContain("From now on the query API answers nobody without one.");
  const second = await keyMade(
    database,
    "--name",
    "job",
    "--scope",
    "admin",
    "write",
    "--scope",
    "read",
  );
  const texts = [
    await keys(database, "list"),
    await keys(database, "list", "--json"),
    await keys(database, "revoke", "job"),
  ].map(({ stdout, stderr }) => stdout + stderr);
  for (const secret of [key, second].flatMap((text) => [text, hashOfKey(text)]))
    for (const text of texts) expect(text).not.toContain(secret);
  const written = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  expect(written.some((bytes) => bytes.includes(key.slice(4)))).toBe(false);
  const client = new Database(database, { readonly: true });
  expect(client.prepare("SELECT hash FROM api_keys ORDER BY number").pluck().all()).toEqual(
    [key, second].map(hashOfKey),
  );
  client.close();
  expect(await listed(database)).toMatchObject([
    { name: "analyst", scopes: ["read"], expiresAt: null, revokedAt: null },
    { name: "job", scopes: ["read", "write", "admin"], revokedAt: expect.any(String) },
  ]);
});

test("a key holds for as long as it was made to", async () => {
  const database = join(temporaryFolder(), "selfsame.db");
  await keyMade(database, "--name", "a", "--scope", "read", "--expires", "90d");
  const [key] = await listed(database);
  expect(Date.parse(key!.expiresAt!) - Date.parse(key!.createdAt)).toBe(90 * 86_400_000);
});

test("a service heeds at once what is made and revoked beside it", async () => {
  const files = serviceFiles(temporaryFolder(), CONFIG);
  const service = await startService(files);
  const statusOf = async (key?: string) => {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    return (await request(`${service.url}/v1/stats`, { headers })).status;
  };
  expect(await statusOf()).toBe(200);
  const key = await keyMade(files.database, "--name", "analyst", "--scope", "read");
  expect([await statusOf(), await statusOf(key)]).toEqual([401, 200]);
  const { stdout } = await keys(files.database, "revoke", "analyst");
  expect(stdout).toBe("analyst is revoked\n");
  expect([await statusOf(), await statusOf(key)]).toEqual([401, 401]);
  expect(service.stderr).not.toContain(key);
});

test("a name is given once for ever, and never that of a configured key", async () => {
  const { config, database } = serviceFiles(
    temporaryFolder(),
    `${CONFIG}apiKeys: [{ name: chief, key: "\${CHIEF}", scopes: [admin] }]\n`,
  );
  const create = (name: string, environment = { CHIEF: "x" }) =>
    runCommand(
      [
        "keys",
        "create",
        "--config",
        config,
        "--database",
        database,
        "--name",
        name,
        "--scope",
        "read",
      ],
      { environment },
    );
  expect((await create("a")).code).toBe(0);
  const again = await create("a");
  expect([again.code, again.stderr]).toEqual([
    1,
    "selfsame: there is a key called a; choose another name\n",
  ]);
  await keys(database, "revoke", "a");
  const revoked = await create("a");
  expect([revoked.code, revoked.stderr]).toEqual([
    1,
    expect.stringMatching(/was revoked at .*choose another/),
  ]);
  const configured = await create("chief");
  expect([configured.code, configured.stderr]).toEqual([
    2,
    expect.stringMatching(/a key of .*selfsame\.yaml is called chief/),
  ]);
  expect((await listed(database)).map(({ name }) => name)).toEqual(["a"]);
});

test("what cannot be done is told in one line, and wrong calls end with 2", async () => {
  const folder = temporaryFolder();
  const missing = join(folder, "missing.db");
  for (const call of [["list"], ["revoke", "a"]]) {
    const { code, stderr } = await keys(missing, ...call);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^selfsame: there is no database at [^\n]+\n$/),
    ]);
  }
  expect(readdirSync(folder)).toEqual([]);
  const wrong = [
    ["create", "--name", "a"],
    ["create", "--scope", "read"],
    ["create", "--name", "a b", "--scope", "read"],
    ["create", "--name", "a", "--scope", "rule"],
    ["create", "--name", "a", "--scope", "read", "--expires", "soon"],
    ["create", "--name", "a", "--scope", "read", "--expires", "0d"],
    ["revoke"],
  ];
  for (const call of wrong) {
    const { code, stdout, stderr } = await keys(missing, ...call);
    expect({ call, code, stdout }).toEqual({ call, code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: /);
  }
  await keyMade(missing, "--name", "a", "--scope", "read");
  const unknown = await keys(missing, "revoke", "b");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("is called b")]);
  expect((await keys(missing, "revoke", "a")).code).toBe(0);
  const twice = await keys(missing, "revoke", "a");
  expect([twice.code, twice.stdout]).toEqual([
    0,
    expect.stringMatching(/^a was revoked at .* already\n$/),
  ]);
});

test("a service that others can reach starts with a key that holds, and with no other", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
  const database = join(folder, "selfsame.db");
  const line = [
    "serve",
    "--config",
    config,
    "--database",
    database,
    "--host",
    "0.0.0.0",
    "--port",
    "0",
  ];
  const refused = await runCommand(line);
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("selfsame keys create"),
  ]);
  // What was refused has made nothing.
  expect(readdirSync(folder)).toEqual(["selfsame.yaml"]);
  await keyMade(database, "--name", "short", "--scope", "read", "--expires", "1ms");
  await keyMade(database, "--name", "gone", "--scope", "read");
  await keys(database, "revoke", "gone");
  expect((await runCommand(line)).code).toBe(2);
  const key = await keyMade(database, "--name", "analyst", "--scope", "read");
  const service = new CommandProcess(line);
  const [, port] = await service.printed(/http:\/\/0\.0\.0\.0:(\d+)\n/);
  const statusOf = async (headers: Record<string, string>) =>
    (await request(`http://127.0.0.1:${port}/v1/stats`, { headers })).status;
  expect(await statusOf({})).toBe(401);
  expect(await statusOf({ authorization: `Bearer ${key}` })).toBe(200);
});
