import { expect, test } from "vitest";
import { Turns } from "../src/turns.ts";

/** Turns whose work waits until the test lets it go, and what began and ended so far. */
function gated() {
  const turns = new Turns();
  const told: string[] = [];
  const gates = new Map<string, () => void>();
  const work = (name: string) => async () => {
    told.push(`${name} begins`);
    await new Promise<void>((open) => gates.set(name, open));
    told.push(`${name} ends`);
    return name;
  };
  return {
    told,
    take: (name: string) => turns.take(work(name)),
    share: (name: string) => turns.share(work(name)),
    end: () => turns.end(),
    open: async (name: string) => {
      while (!gates.has(name)) await new Promise(setImmediate);
      gates.get(name)!();
    },
  };
}

test("those who share a turn work at the same time, and whoever takes one waits for all of them", async () => {
  const { told, take, share, open } = gated();
  const all = [share("a"), share("b"), take("c")];
  await open("b");
  await open("a");
  await open("c");
  expect(await Promise.all(all)).toEqual(["a", "b", "c"]);
  expect(told).toEqual(["a begins", "b begins", "b ends", "a ends", "c begins", "c ends"]);
});

test("nobody joins a shared turn behind which somebody waits, or those would never have theirs", async () => {
  const { told, take, share, open } = gated();
  const all = [share("a"), take("b"), share("c")];
  for (const name of ["a", "b", "c"]) await open(name);
  await Promise.all(all);
  expect(told).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("a shared turn ends with the last of its works, also where they fail", async () => {
  const turns = new Turns();
  const failing = turns.share(() => Promise.reject(new Error("no disk")));
  await expect(failing).rejects.toThrow("no disk");
  expect(await turns.take(async () => "next")).toBe("next");
  expect(await turns.share(async () => "shared")).toBe("shared");
  await turns.end();
});
