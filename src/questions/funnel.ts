/**
 * The funnel: how many people went from step to step, each person once. A person's chain begins with a first step of theirs and
 * goes on with the next event that is the next step, again and again, for as long as `within` allows. Every first step is
 * tried; the deepest chain counts, and of equally deep ones the earliest.
 */
import type { FunnelRequest } from "../../schema/http/funnel.ts";
import type { History, HistoryEvent } from "../store/histories.ts";
import { compileEventFilter, typesOf } from "./event-filter.ts";
import { FunnelGroups, type FunnelGroup, type FunnelStep } from "./funnel-groups.ts";
import type { Question } from "./question.ts";

export interface FunnelAnswer {
  readonly steps: readonly FunnelStep[];
  /** The largest first, and last whoever is in none of the others; only where people are divided. */
  readonly groups?: readonly FunnelGroup[];
}

type Condition = (event: HistoryEvent) => boolean;

export function compileFunnel(asked: FunnelRequest): Question<FunnelAnswer> {
  const { steps, within = Infinity, from = -Infinity, to = Infinity, by } = asked;
  const conditions = steps.map((step) => compileEventFilter(step));
  const isInTime: Condition = ({ at }) => at >= from && at < to;
  const isStart: Condition = (event) => isInTime(event) && conditions[0]!(event);
  const chainOf = prepareChains([isStart, ...conditions.slice(1)], within);
  const valueOf = prepareValues(by);
  return {
    needs: {
      ...placesOf(asked),
      types: typesOf(steps),
      ...(by === undefined || by === "source" ? {} : { traits: [traitOf(by)] }),
    },
    begin: () => {
      const groups = new FunnelGroups(steps.map(({ type }) => type));
      return {
        add(history) {
          const chain = chainOf(history.events);
          if (chain !== undefined) groups.add(valueOf(history, chain[0]!), chain);
        },
        answer: () => ({
          steps: groups.total(),
          ...(by === undefined ? {} : { groups: groups.list() }),
        }),
      };
    },
  };
}

/** Where and when events lie that may be steps. */
function placesOf({ steps, from, to, within }: FunnelRequest): Question<unknown>["needs"] {
  const sources = steps.map(({ source }) => source);
  // Without a bound between steps the last may come as late as the first; with one it may lie that far beyond.
  const end = to === undefined || within === undefined ? to : to + within;
  return {
    from,
    to: end,
    ...(sources.every((source) => source !== undefined) ? { sources: [...new Set(sources)] } : {}),
  };
}

function traitOf(by: Exclude<FunnelRequest["by"], undefined>): string {
  return typeof by === "string" ? by : by.trait;
}

/** The value, as JSON text, by which a person is divided from others. */
function prepareValues(by: FunnelRequest["by"]) {
  if (by === undefined) return () => "null";
  if (by === "source") return (_: History, start: HistoryEvent) => JSON.stringify(start.source);
  const trait = traitOf(by);
  return ({ traits }: History) => traits.get(trait) ?? "null";
}

/**
 * The events of the chain that counts, undefined for a person who never took the first step. Where a chain that begins later
 * stands at some step, it never stands before one that began earlier; so each step's events are gone through once for all
 * starts together, however many there are.
 */
function prepareChains(conditions: readonly Condition[], within: number) {
  return (events: readonly HistoryEvent[]): readonly HistoryEvent[] | undefined => {
    const places = placesOfSteps(conditions, events);
    const next = places.map(() => 0);
    let deepest: readonly number[] = [];
    for (const start of places[0] ?? []) {
      const chain = [start];
      for (let step = 1; step < places.length; step++) {
        const candidates = places[step]!;
        const before = chain[step - 1]!;
        while (next[step]! < candidates.length && candidates[next[step]!]! <= before) next[step]!++;
        const place = candidates[next[step]!];
        if (place === undefined || events[place]!.at - events[start]!.at > within) break;
        chain.push(place);
      }
      if (chain.length > deepest.length) deepest = chain;
      if (deepest.length === conditions.length) break;
    }
    return deepest.length === 0 ? undefined : deepest.map((place) => events[place]!);
  };
}

/** Where the events of each step stand; of steps behind one that was never taken nothing is looked for. */
function placesOfSteps(
  conditions: readonly Condition[],
  events: readonly HistoryEvent[],
): readonly (readonly number[])[] {
  const found: number[][] = [];
  for (const condition of conditions) {
    const places: number[] = [];
    for (const [place, event] of events.entries()) if (condition(event)) places.push(place);
    if (places.length === 0) break;
    found.push(places);
  }
  return found;
}
