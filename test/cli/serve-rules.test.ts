/** `serve` and `import` where the identity rules are not those in force, as processes. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { ask, postJson } from "../support/sender.ts";
import {
  CommandProcess,
  runCommand,
  startService,
  writeConfig,
  type ServiceFiles,
} from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const SOURCES = "sources: { crm: { replaceProfileId: id, identifiers: { email: email } } }\n";
const rules = (yaml: string) => `${SOURCES}identity: { namespaces: { crm: ${yaml} } }\n`;

interface Feed {
  readonly changes: readonly { readonly kind: string; readonly cause: object }[];
}

async function stopped(service: CommandProcess): Promise<number | null> {
  service.kill("SIGTERM");
  return (await service.exited).code;
}

test("changed rules: serve and import say by name who would change and how to apply it, and end with 1; applied, they serve", async () => {
  const folder = temporaryFolder();
  const files: ServiceFiles = {
    config: writeConfig(folder, rules("{ limit: 3 }")),
    database: join(folder, "selfsame.db"),
  };
  // An empty database starts under any rules, without a word.
  const first = await startService(files);
  for (const id of [1, 2]) await postJson(first.url, "crm", { id, email: "ann@x" });
  expect(await stopped(first)).toBe(0);
  expect(first.stderr).not.toContain("rules");

  writeConfig(folder, rules("{ limit: 1 }"));
  const { config, database } = files;
  const chosen = ["--config", config, "--database", database];
  const serve = await runCommand(["serve", ...chosen, "--port", "0"]);
  const imported = await runCommand(["import", ...chosen, "--source", "crm", "-"], {
    input: '{"id":3}\n',
  });
  for (const { code, stdout, stderr } of [serve, imported]) {
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^split pr_\w+ \(crm:1, email:ann@x, crm:2\)\n {2}into pr_\w+ \(crm:1, email:ann@x\)\n {3}and pr_\w+ \(crm:2\)\n {4}at .*: one person may hold no more than 1 crm \(limit\)\n/,
    );
    expect(stderr).toContain("people would change: 0 merges and 1 split; nothing was changed");
    expect(stderr).toContain("serve --apply-rules or with rebuild");
  }

  const applied = new CommandProcess(["serve", ...chosen, "--port", "0", "--apply-rules"]);
  const [, url] = await applied.printed(/^Selfsame listens on (\S+)\n/m);
  expect(applied.stderr).toMatch(/"rulesVersion":2,.*identity rules applied: 0 merges and 1 split/);
  expect((await ask<Feed>(url!, "/v1/changes")).changes.at(-1)).toMatchObject({
    cause: { rules: 2 },
  });
  const two = await ask<{ id: string }>(url!, "/v1/profiles/crm:2");
  expect(two.id).not.toBe((await ask<{ id: string }>(url!, "/v1/profiles/crm:1")).id);
  expect(await stopped(applied)).toBe(0);

  // Others may be at work by the rules in force, so even rules that change nobody are not put in force unasked.
  writeConfig(folder, rules("{ limit: 1, priority: 7 }"));
  const same = await runCommand(["serve", ...chosen, "--port", "0"]);
  expect([same.code, same.stdout]).toEqual([1, ""]);
  expect(same.stderr).toContain("with them nobody would change; nothing was changed");
});
