/**
 * The planted slow-down by which a check of speed proves that it can fail. Where the environment of a trial asks for
 * it, the clocks of this folder burn CPU time beside the work, in proportion to what the work itself has used. The
 * published code knows nothing of it.
 */

const VARIABLE = "SELFSAME_BENCHMARK_PLANT";

/** For a process to be started: burns `share` times as much as its work uses, besides. 0 for none. */
export function plantedEnvironment(share: number): Readonly<Record<string, string>> {
  return { [VARIABLE]: String(share) };
}

/** What this process was started with. */
export function plantedShare(): number {
  const share = Number(process.env[VARIABLE] ?? "0");
  if (!(share >= 0 && Number.isFinite(share)))
    throw new Error(`${VARIABLE} is a share such as 1, not ${process.env[VARIABLE]}`);
  return share;
}

/** Burns so many times what this process has used since. */
export function burnBeside(share: number, since: NodeJS.CpuUsage): void {
  if (share === 0) return;
  const until = usedSince(since) * (1 + share);
  while (usedSince(since) < until);
}

const TICK_MILLISECONDS = 1;

/** Goes on beside the work of a server for as long as it runs, and keeps it from nothing but being fast. */
export function burnAlong(share: number): void {
  if (share === 0) return;
  let since = process.cpuUsage();
  const burn = () => {
    burnBeside(share, since);
    since = process.cpuUsage();
  };
  setInterval(burn, TICK_MILLISECONDS).unref();
}

function usedSince(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}
