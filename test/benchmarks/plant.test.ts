import { afterEach, expect, test, vi } from "vitest";
import { burnBeside, plantedEnvironment, plantedShare } from "../../benchmarks/plant.ts";
import { Stopwatch } from "../../benchmarks/stopwatch.ts";
import { startServerProcess } from "../../benchmarks/http-ingest/server-process.ts";

afterEach(() => vi.unstubAllEnvs());

function plant(share: number) {
  for (const [name, value] of Object.entries(plantedEnvironment(share))) vi.stubEnv(name, value);
}

/** Works until it has used some CPU time, and tells how much, in milliseconds. */
function work(): number {
  const start = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  while (used() < 5);
  return used();
}

test("nothing is planted unless somebody asks for it", () => {
  expect(plantedShare()).toBe(0);
  plant(0.5);
  expect(plantedShare()).toBe(0.5);
});

test("what is no share is told", () => {
  vi.stubEnv(Object.keys(plantedEnvironment(1))[0]!, "much");
  expect(plantedShare).toThrow("SELFSAME_BENCHMARK_PLANT is a share such as 1, not much");
});

test("so many times as much is burnt as was used", () => {
  const since = process.cpuUsage();
  const used = work();
  burnBeside(2, since);
  const { user, system } = process.cpuUsage(since);
  expect((user + system) / 1000).toBeGreaterThanOrEqual(3 * used);
});

test("both ways to run work on a stopwatch burn it on the clock", async () => {
  plant(2);
  const stopwatch = new Stopwatch();
  const used = stopwatch.run(work);
  expect(stopwatch.figures()["CPU time in ms"]).toBeGreaterThanOrEqual(3 * used);
  const asynchronous = new Stopwatch();
  const usedToo = await asynchronous.runAsync(async () => work());
  expect(asynchronous.figures()["CPU time in ms"]).toBeGreaterThanOrEqual(3 * usedToo);
});

test("a server burns along with its work", async () => {
  const cpuOf = async (share: number) => {
    plant(share);
    const server = await startServerProcess("benchmarks/http-ingest/bare-server", [], undefined);
    try {
      const before = await server.usage();
      for (let request = 0; request < 100; request++)
        await fetch(`${server.url}/webhooks/any`, { method: "POST", body: `{"event_id":"1"}` });
      return (await server.usage()).cpuMicroseconds - before.cpuMicroseconds;
    } finally {
      await server.stop();
    }
  };
  const plain = await cpuOf(0);
  // Two runs of the same may differ by much, but not by as much as that.
  expect(await cpuOf(20)).toBeGreaterThan(5 * plain);
});
