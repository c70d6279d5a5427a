/** A funnel by trying everything: every first step, and from each the earliest way on. */
import type { TrueEvent, Truth } from "./truth.ts";

export type Step = (event: TrueEvent) => boolean;

export interface FunnelStep {
  readonly people: number;
  readonly conversion: number;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

/** `within` counts from the first step, in milliseconds. */
export function naiveFunnel(truth: Truth, steps: readonly Step[], within: number): FunnelStep[] {
  const waits: number[][] = steps.map(() => []);
  for (const events of truth) {
    let deepest: number[] = [];
    for (const start of events.keys()) {
      const chain = chainFrom(events, start, steps, within);
      if (chain.length > deepest.length) deepest = chain;
    }
    for (const [step, at] of deepest.entries())
      waits[step]!.push(step === 0 ? 0 : at - deepest[step - 1]!);
  }
  const first = waits[0]!.length;
  return waits.map((taken, step) => ({
    people: taken.length,
    conversion: first === 0 ? 0 : taken.length / first,
    medianMs: step === 0 ? null : nearestRank(taken, 0.5),
    p90Ms: step === 0 ? null : nearestRank(taken, 0.9),
  }));
}

/** The times of the steps passed, where the events from `start` on are all there is. */
function chainFrom(
  events: readonly TrueEvent[],
  start: number,
  steps: readonly Step[],
  within: number,
): number[] {
  if (!steps[0]!(events[start]!)) return [];
  const times = [events[start]!.at];
  for (const event of events.slice(start + 1)) {
    if (times.length === steps.length || event.at - times[0]! > within) break;
    if (steps[times.length]!(event)) times.push(event.at);
  }
  return times;
}

export function nearestRank(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(share * sorted.length) - 1]!;
}
