/** The walks of one person: from each event that is a start, the steps that follow it in one direction. */
import type { PathsRequest } from "../../schema/http/paths.ts";
import type { Milliseconds } from "../identity/types.ts";
import type { HistoryEvent } from "../store/histories.ts";
import type { EventTest } from "./event-filter.ts";

interface Step {
  readonly label: string;
  readonly at: Milliseconds;
}

/** At first the start itself. */
export type Walk = readonly [Step, ...Step[]];

export type WalkOptions = Omit<PathsRequest, "start" | "limit">;

/** Takes time in proportion to the events, and to the depth for each start. */
export function* walksOf(
  events: readonly HistoryEvent[],
  isStart: EventTest,
  options: WalkOptions,
): Iterable<Walk> {
  const { from = -Infinity, to = Infinity } = options;
  const inOrder = options.direction === "after" ? events : events.toReversed();
  let route: Route | undefined;
  for (const [index, event] of inOrder.entries()) {
    if (event.at < from || event.at >= to || !isStart(event)) continue;
    route ??= routeThrough(inOrder, options);
    yield walkFrom(index, route, options);
    if (!options.every) return;
  }
}

interface Route {
  readonly steps: readonly Step[];
  /** For each event the index of the step that follows it; the number of events where none does. */
  readonly following: Int32Array;
}

function routeThrough(
  events: readonly HistoryEvent[],
  { by, exclude, repeats }: WalkOptions,
): Route {
  const excluded = new Set(exclude);
  const labelOf = LABELS[by];
  const steps = events.map((event) => ({ label: labelOf(event), at: event.at }));
  const following = new Int32Array(events.length);
  let next = events.length;
  for (let index = events.length - 1; index >= 0; index--) {
    // What follows a repeated step is what follows the last of its repetitions, which is known by now.
    const isRepeated = !repeats && steps[next]?.label === steps[index]!.label;
    following[index] = isRepeated ? following[next]! : next;
    if (!excluded.has(events[index]!.type)) next = index;
  }
  return { steps, following };
}

const LABELS: Record<PathsRequest["by"], (event: HistoryEvent) => string> = {
  type: ({ type }) => type,
  source: ({ source }) => source,
  "source:type": ({ source, type }) => `${source}:${type}`,
};

function walkFrom(
  start: number,
  { steps, following }: Route,
  { depth, within = Infinity }: WalkOptions,
): Walk {
  const first = steps[start]!;
  const walk: [Step, ...Step[]] = [first];
  for (let index = following[start]!; walk.length <= depth; index = following[index]!) {
    const step = steps[index];
    if (step === undefined || Math.abs(step.at - first.at) > within) break;
    walk.push(step);
  }
  return walk;
}
