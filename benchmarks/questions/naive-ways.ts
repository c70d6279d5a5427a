/** What people do after a step, and what came before they converted, gone through person by person with plain maps. */
import { nearestRank } from "./naive-funnel.ts";
import type { TrueEvent, Truth } from "./truth.ts";

type Condition = (event: TrueEvent) => boolean;

export interface Transition {
  readonly depth: number;
  readonly from: string;
  readonly to: string;
  readonly people: number;
  readonly medianMs: number;
}

/** From each person's first start on, by type; what comes several times in a row is one step. */
export function naiveTransitions(truth: Truth, isStart: Condition, depth: number): Transition[] {
  const spans = new Map<string, number[]>();
  for (const events of truth) {
    const start = events.findIndex(isStart);
    if (start < 0) continue;
    let here = events[start]!;
    let steps = 0;
    for (const event of events.slice(start + 1)) {
      if (event.type === here.type) continue;
      if (steps++ === depth) break;
      const way = JSON.stringify([steps, here.type, event.type]);
      spans.set(way, [...(spans.get(way) ?? []), event.at - here.at]);
      here = event;
    }
  }
  return [...spans].map(([way, taken]) => {
    const [at, from, to] = JSON.parse(way) as [number, string, string];
    return { depth: at, from, to, people: taken.length, medianMs: nearestRank(taken, 0.5)! };
  });
}

interface Touch {
  readonly value: string;
  readonly first: number;
  readonly last: number;
  readonly linear: number;
}

export interface Credits {
  readonly conversions: number;
  readonly unattributed: number;
  readonly touches: readonly Touch[];
}

/** Each person's first conversion, by the sources of what came before it within so many milliseconds. */
export function naiveAttribution(truth: Truth, isConversion: Condition, within: number): Credits {
  const credits = new Map<string, { first: number; last: number; linear: number }>();
  const creditOf = (source: string) => {
    const credit = credits.get(source) ?? { first: 0, last: 0, linear: 0 };
    credits.set(source, credit);
    return credit;
  };
  let conversions = 0;
  let unattributed = 0;
  for (const events of truth) {
    const place = events.findIndex(isConversion);
    if (place < 0) continue;
    conversions++;
    const { at } = events[place]!;
    const touches = events.slice(0, place).filter((event) => at - event.at <= within);
    if (touches.length === 0) unattributed++;
    else {
      creditOf(touches[0]!.source).first++;
      creditOf(touches.at(-1)!.source).last++;
      for (const { source } of touches) creditOf(source).linear += 1 / touches.length;
    }
  }
  const touches = [...credits].map(([value, credit]) => ({ value, ...credit }));
  return { conversions, unattributed, touches };
}
