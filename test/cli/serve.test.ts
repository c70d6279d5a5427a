/** `serve` as a process: how it starts, and every reason for which it does not. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { request } from "../support/sender.ts";
import {
  CommandProcess,
  runCommand,
  serviceFiles,
  startService,
  writeConfig,
} from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG = "sources: { crm: { replaceProfileId: id } }\n";

/** Runs `serve` where it must not come to listen. */
function refusedServe(config: string, ...more: readonly string[]) {
  return runCommand(["serve", "--config", config, "--port", "0", ...more]);
}

test("it prints one line, the URL, when it accepts requests", async () => {
  const service = await startService(serviceFiles(temporaryFolder(), CONFIG));
  expect(service.stdout).toBe(`Selfsame listens on ${service.url}\n`);
  expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const healthy = await request(`${service.url}/healthz`);
  expect([healthy.status, healthy.text]).toEqual([200, '{"status":"ok"}']);
  expect((await request(`${service.url}/readyz`)).status).toBe(200);
});

test("a broken configuration ends it with 2, every fault with its file and line", async () => {
  const config = writeConfig(
    temporaryFolder(),
    "sources:\n  crm:\n    replaceProfileID: id\n    occurredAt: $.a[\n    trust: maybe\n",
  );
  const { code, stdout, stderr } = await refusedServe(config);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(
    `${config}:3: sources.crm.replaceProfileID: unknown key; did you mean replaceProfileId?`,
  );
  expect(stderr).toContain(`${config}:5: sources.crm.trust: `);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("what cannot be configured is told with 2 as well", async () => {
  const folder = temporaryFolder();
  const path = writeConfig(folder, "sources:\n  crm:\n    replaceProfileId: $.a[\n");
  const badPath = await refusedServe(path);
  expect([badPath.code, badPath.stderr]).toEqual([
    2,
    expect.stringContaining(`${path}:3: sources.crm.replaceProfileId: `),
  ]);

  const notYaml = join(folder, "not.yaml");
  writeFileSync(notYaml, "sources:\n  crm: [\n");
  const broken = await refusedServe(notYaml);
  expect([broken.code, broken.stderr]).toEqual([
    2,
    expect.stringMatching(/not\.yaml:\d+: not YAML/),
  ]);

  const unset = join(folder, "unset.yaml");
  writeFileSync(unset, 'apiKeys:\n  - { name: a, key: "${SELFSAME_NO_SUCH}", scopes: [read] }\n');
  const { code, stderr } = await refusedServe(unset);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining("unset.yaml:2: the environment variable SELFSAME_NO_SUCH is not set"),
  ]);

  const missing = await refusedServe(join(folder, "missing.yaml"));
  expect([missing.code, missing.stderr]).toEqual([
    2,
    expect.stringContaining("missing.yaml: there is no such file"),
  ]);
});

test("a wrong call ends with 2 and points at the help", async () => {
  const config = writeConfig(temporaryFolder(), CONFIG);
  const calls = [["--verbose"], ["--port", "65536"], ["unexpected"]];
  for (const call of calls) {
    const { code, stdout, stderr } = await runCommand(["serve", "--config", config, ...call]);
    expect({ call, code, stdout }).toEqual({ call, code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain("--help");
  }
});

test("without API keys it listens on this machine alone", async () => {
  const config = writeConfig(temporaryFolder(), CONFIG);
  for (const host of ["0.0.0.0", "example.com"]) {
    const { code, stdout, stderr } = await refusedServe(config, "--host", host);
    expect({ host, code, stdout }).toEqual({ host, code: 2, stdout: "" });
    expect(stderr).toContain(`open to everybody who can reach ${host}; make a key`);
  }
});

test("with API keys it listens wherever it is told to", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(
    folder,
    `${CONFIG}apiKeys: [{ name: a, key: secret, scopes: [read] }]\n`,
  );
  const database = join(folder, "selfsame.db");
  const service = new CommandProcess([
    "serve",
    "--config",
    config,
    "--database",
    database,
    "--host",
    "0.0.0.0",
    "--port",
    "0",
  ]);
  const [, port] = await service.printed(/http:\/\/0\.0\.0\.0:(\d+)\n/);
  expect((await request(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
});

test("a port that is taken ends it with 1 and is named", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void taken.close());
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { config, database } = serviceFiles(temporaryFolder(), CONFIG);
  const { code, stdout, stderr } = await runCommand([
    "serve",
    "--config",
    config,
    "--database",
    database,
    "--port",
    String(port),
  ]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(`cannot listen on 127.0.0.1:${port}`);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("a database that cannot be opened ends it with 1, and why is told in one line", async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, CONFIG);
  const noDatabase = join(folder, "notes.txt");
  writeFileSync(noDatabase, "these are notes, and no database at all\n".repeat(100));
  for (const database of [join(folder, "no", "such", "folder.db"), noDatabase, folder]) {
    const { code, stdout, stderr } = await refusedServe(config, "--database", database);
    expect({ database, code, stdout }).toEqual({ database, code: 1, stdout: "" });
    expect(stderr).toMatch(/^selfsame: [^\n]+\n$/);
  }
});
