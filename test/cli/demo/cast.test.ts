import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readCast } from "../../../src/cli/demo/cast.ts";
import { demoCast, demoCastText } from "../../support/simulator/demo-cast.ts";

const DEMO = join(import.meta.dirname, "../../../src/cli/demo");

describe("the demo's cast", () => {
  test("is what the simulator makes; after a change of it run npm run demo:record", () => {
    expect(readFileSync(join(DEMO, "cast.json"), "utf8")).toBe(demoCastText());
  });

  test("is read as it was made", () => {
    expect(readCast()).toEqual(demoCast());
  });

  test("needs nothing that is there for development only", () => {
    const imports = readdirSync(DEMO)
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [...readFileSync(join(DEMO, file), "utf8").matchAll(/from "([^"]+)"/g)])
      .map(([, name]) => name!);
    expect(imports).toContain("zod");
    expect(imports.filter((name) => /faker|test\//.test(name))).toEqual([]);
  });
});
