/** The command line as a whole: help, version, and calls that mean nothing. */
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { runCommand } from "../support/service-process.ts";

test("every command has help, on standard output", async () => {
  const overview = await runCommand(["--help"]);
  expect([overview.code, overview.stderr]).toEqual([0, ""]);
  const commands = [...overview.stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(
    ([, name]) => name!,
  );
  expect(commands).toEqual(
    expect.arrayContaining(["serve", "check", "import", "replay", "digest"]),
  );
  for (const command of commands) {
    const { code, stdout, stderr } = await runCommand([command, "--help"]);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: "" });
    expect(stdout).toContain(`Usage: selfsame ${command} [options]`);
    expect(stdout).toMatch(/^ {2}-h, --help /m);
  }
});

test("it tells its version", async () => {
  const { code, stdout } = await runCommand(["--version"]);
  expect([code, stdout]).toEqual([0, `${manifest.version}\n`]);
});

test("no command, or one that does not exist, is wrong usage", async () => {
  const none = await runCommand([]);
  expect([none.code, none.stdout]).toEqual([2, ""]);
  expect(none.stderr).toContain("Usage: selfsame");
  const unknown = await runCommand(["sreve"]);
  expect([unknown.code, unknown.stdout]).toEqual([2, ""]);
  expect(unknown.stderr).toContain("unknown command 'sreve'");
  expect(unknown.stderr).toContain("Did you mean serve?");
});
