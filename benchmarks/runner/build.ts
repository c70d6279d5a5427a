/**
 * Compiles the project as it is published. What tsx makes of the sources gives every function its name when it is
 * created, which costs time wherever functions are created on the way; that is no property of ours to measure.
 */
import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./program.ts";

/** Throws where the sources do not compile; the compiler has said why. */
export function buildInto(folder: string): void {
  const compiler = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", join(ROOT, "benchmarks"), "--outDir", folder], {
    stdio: "inherit",
  });
  cpSync(join(ROOT, "schema", "migrations"), join(folder, "schema", "migrations"), {
    recursive: true,
  });
}
