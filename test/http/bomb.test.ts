/** A small body that expands to a gigabyte is refused with no more memory than a body may have. */
import { existsSync, readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import type { StatsView } from "../../src/queries/queries.ts";
import { ask, request } from "../support/sender.ts";
import { serviceFiles, startService, type ServiceProcess } from "../support/service-process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const MEBIBYTE = 2 ** 20;
const GIGABYTE = 1e9;
const POSTS = 20;
/** The largest body is 1 MiB unless a source says otherwise; the rest is what a process gathers until it is collected. */
const GROWTH_BYTES_MAX = 128 * MEBIBYTE;

/** Members of a gzip file stand one behind the other, so a gigabyte need not be compressed for this. */
function bomb(): Buffer<ArrayBuffer> {
  const member = gzipSync(Buffer.alloc(4 * MEBIBYTE), { level: 9 });
  return Buffer.concat(Array.from({ length: Math.ceil(GIGABYTE / (4 * MEBIBYTE)) }, () => member));
}

async function expandedBytes(body: Buffer): Promise<number> {
  let bytes = 0;
  for await (const chunk of Readable.from([body]).pipe(createGunzip()))
    bytes += (chunk as Buffer).byteLength;
  return bytes;
}

/** The most memory that the process ever held, as the kernel counts it. */
function peakBytes({ pid }: ServiceProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}

// Only Linux tells the peak of another process; the refusal itself is tested everywhere, in `body.test.ts`.
test.skipIf(!existsSync("/proc/self/status"))(
  "a body that expands to a gigabyte costs no gigabyte",
  async () => {
    const body = bomb();
    expect(body.byteLength).toBeLessThan(MEBIBYTE);
    expect(await expandedBytes(body)).toBeGreaterThan(GIGABYTE);
    const files = serviceFiles(temporaryFolder(), "sources: { crm: { replaceProfileId: id } }");
    const service = await startService(files);
    const post = () =>
      request(`${service.url}/webhooks/crm`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-encoding": "gzip" },
        body,
      });
    // What every process takes for its first requests is no cost of these bodies.
    const harmless = { "content-type": "application/json" };
    await request(`${service.url}/webhooks/crm`, {
      method: "POST",
      headers: harmless,
      body: '{"id":"a"}',
    });
    const before = peakBytes(service);
    const answers = await Promise.all(Array.from({ length: POSTS }, post));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: POSTS }, () => 413));
    expect(peakBytes(service) - before).toBeLessThan(GROWTH_BYTES_MAX);
    const { outcomes } = await ask<StatsView>(service.url, "/v1/stats");
    expect(outcomes).toContainEqual({
      source: "crm",
      outcome: "rejected",
      deliveries: POSTS,
      events: 0,
    });
  },
);
