/** Several processes that start on one new file at once: one makes the tables, and nobody fails. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand, serviceFiles } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONFIG =
  "sources: { crm: { eventId: id, replaceProfileId: user, identifiers: { email: email } } }";
const PROCESSES = 4;

test.each([1, 2, 3])(
  "imports that start at once on a new file all end well (round %i)",
  async () => {
    const folder = temporaryFolder();
    const { config, database } = serviceFiles(folder, CONFIG);
    const files = Array.from({ length: PROCESSES }, (_, number) => {
      const file = join(folder, `${number}.ndjson`);
      const lines = Array.from({ length: 50 }, (_unused, line) =>
        JSON.stringify({ id: `${number}-${line}`, user: `U${line}`, email: `a${line % 7}@x` }),
      );
      writeFileSync(file, lines.join("\n"));
      return file;
    });
    const common = ["--source", "crm", "--config", config, "--database", database, "--json"];
    const ends = await Promise.all(files.map((file) => runCommand(["import", ...common, file])));
    for (const { code, stdout, stderr } of ends) {
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ lines: 50, accepted: 50, rejected: 0 });
    }
    const { stdout } = await runCommand(["digest", "--database", database, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ profiles: 7, events: 200 });
  },
);
