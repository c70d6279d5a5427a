/**
 * The rules of the house, as tests: imports go one way and never in a circle, the core is pure, only the edges know
 * their frameworks. Each rule also proves, on a planted violation, that it can fail.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  cycles,
  importsOf,
  impurities,
  wrongDirections,
  type Module,
} from "./support/architecture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

function modulesBelow(folder: string): Module[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => {
      const path = join(folder, name);
      return { path, text: readFileSync(join(root, path), "utf8") };
    });
}

const modules = [...modulesBelow("src"), ...modulesBelow("schema")];

function planted(path: string, text: string): Module[] {
  return [...modules.filter((module) => module.path !== path), { path, text }];
}

test("the modules are found, and the files they import exist", () => {
  expect(modules.length).toBeGreaterThan(40);
  const paths = new Set(modules.map(({ path }) => path));
  for (const module of modules)
    for (const target of importsOf(module))
      if (target.startsWith("."))
        expect(paths).toContain(relative(".", join(dirname(module.path), target)));
});

describe("no cycles, type imports included", () => {
  test("there are none", () => expect(cycles(modules)).toEqual([]));

  test("the canary: a planted one is found", () => {
    const text = 'import type { Engine } from "../engine.ts";\nexport type A = Engine;';
    const found = cycles([
      ...planted("src/store/store.ts", text),
      { path: "src/new.ts", text: 'export * from "./engine.ts";' },
    ]);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toContain("src/engine.ts");
  });
});

describe("imports go one way", () => {
  test("they do", () => expect(wrongDirections(modules)).toEqual([]));

  test.each([
    ["src/identity/planted.ts", 'import { z } from "zod";'],
    ["src/identity/planted.ts", 'import { parseTime } from "../extract/time.ts";'],
    ["src/identity/planted.ts", 'import { readFileSync } from "node:fs";'],
    ["src/extract/planted.ts", 'import type { Store } from "../store/store.ts";'],
    ["src/extract/planted.ts", 'import { readFile } from "node:fs/promises";'],
    ["src/verify/planted.ts", 'import type { Source } from "../extract/source.ts";'],
    ["src/verify/planted.ts", 'import { Hono } from "hono";'],
    ["src/store/planted.ts", 'import { Engine } from "../engine.ts";'],
    ["src/store/store.ts", 'import { sql } from "drizzle-orm";'],
    ["src/engine.ts", 'import { Hono } from "hono";'],
    ["src/engine.ts", 'import { SqliteStore } from "./store/sqlite/sqlite-store.ts";'],
    ["src/http/planted.ts", 'import { SqliteStore } from "../store/sqlite/sqlite-store.ts";'],
    ["src/queries/queries.ts", 'export { createApp } from "../http/app.ts";'],
    ["schema/planted.ts", 'const engine = await import("../src/engine.ts");'],
  ])("the canary: in %s, %s is found", (path, text) => {
    expect(wrongDirections(planted(path, text))).toHaveLength(1);
  });
});

describe("the core is pure", () => {
  test("it is", () => expect(impurities(modules)).toEqual([]));

  test.each([
    "const now = Date.now();",
    "const now = new Date();",
    "const luck = Math.random();",
    "console.log(1);",
    'const home = process.env["HOME"];',
    "setTimeout(() => {}, 1);",
    "const id = crypto.randomUUID();",
    'await fetch("http://localhost");',
    "let counter = 0;",
    "performance.now();",
  ])("the canary: %s is found", (text) => {
    expect(impurities(planted("src/identity/planted.ts", text))).toHaveLength(1);
    expect(impurities(planted("src/extract/planted.ts", text))).toHaveLength(1);
    expect(impurities(planted("src/verify/planted.ts", text))).toHaveLength(1);
  });

  test("the canary is not fooled by texts and comments", () => {
    const text =
      '// Date.now() is an argument\nexport const hint = "Math.random()"; /* process.env */';
    expect(impurities(planted("src/identity/planted.ts", text))).toEqual([]);
  });
});
