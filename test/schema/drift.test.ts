import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const drizzleKit = join(createRequire(import.meta.url).resolve("drizzle-kit"), "../bin.cjs");

/** Runs the generator on a copy of the migrations and returns the names of the files it would add. */
function generated(tablesFile: string, folder: string): string[] {
  cpSync(join(root, "schema/migrations"), join(folder, "migrations"), { recursive: true });
  const before = new Set(readdirSync(join(folder, "migrations")));
  const config = join(folder, "drizzle.config.json");
  writeFileSync(
    config,
    JSON.stringify({ dialect: "sqlite", schema: tablesFile, out: "migrations" }),
  );
  execFileSync(process.execPath, [drizzleKit, "generate", "--config", config], {
    cwd: folder,
    stdio: "pipe",
  });
  return readdirSync(join(folder, "migrations")).filter((name) => !before.has(name));
}

describe("migrations", () => {
  test("make the tables that the schema declares", () => {
    expect(generated(join(root, "schema/tables.ts"), temporaryFolder())).toEqual([]);
  });

  test("the canary: a column more is found", () => {
    // Inside the project, so that the copy finds its packages.
    const folder = temporaryFolder(join(root, "test"));
    const tables = readFileSync(join(root, "schema/tables.ts"), "utf8");
    const changed = join(folder, "tables.ts");
    writeFileSync(
      changed,
      tables.replace("delivery: text().notNull(),", "delivery: text().notNull(), planted: text(),"),
    );
    expect(generated(changed, folder)).toHaveLength(1);
  });

  test("are STRICT, every table of them", () => {
    const migrations = readdirSync(join(root, "schema/migrations")).filter((name) =>
      name.endsWith(".sql"),
    );
    const tables = migrations.flatMap((name) => [
      ...readFileSync(join(root, "schema/migrations", name), "utf8").matchAll(
        /CREATE TABLE [^;]*;/g,
      ),
    ]);
    expect(tables.length).toBeGreaterThan(0);
    for (const [statement] of tables) expect(statement).toMatch(/\) (WITHOUT ROWID, )?STRICT;$/);
  });
});
