/** Temporary folders that end with the test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new folder for several tests, which remove it when the last of them is over. */
export function removableFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "selfsame-test-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A new folder, removed when the running test is over. */
export function temporaryFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, "selfsame-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
