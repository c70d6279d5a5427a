/**
 * Loaded into a measured server before its program: answers its parent what it has used, CPU time in µs and memory in
 * bytes. Burns what was planted from the first question on, for that is where a measurement begins.
 */
import { burnAlong, plantedShare } from "../plant.ts";

export interface Usage {
  readonly cpuMicroseconds: number;
  readonly residentBytes: number;
}

process.once("message", () => burnAlong(plantedShare()));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  const usage: Usage = {
    cpuMicroseconds: user + system,
    residentBytes: process.memoryUsage.rss(),
  };
  process.send!(usage);
});
// The question alone must not keep a server alive that was told to stop.
process.channel?.unref();
