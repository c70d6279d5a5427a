/** Events and people a day, counted with sets. */
import type { Truth } from "./truth.ts";

export interface Day {
  /** Midnight UTC. */
  readonly from: string;
  readonly events: number;
  readonly people: number;
  readonly by: readonly {
    readonly source: string;
    readonly type: string;
    readonly events: number;
    readonly people: number;
  }[];
}

class Count {
  events = 0;
  readonly people = new Set<number>();

  add(person: number): void {
    this.events++;
    this.people.add(person);
  }
}

const DAY_MILLISECONDS = 86_400_000;

export function naiveTimeline(truth: Truth): Day[] {
  const days = new Map<number, { readonly all: Count; readonly by: Map<string, Count> }>();
  for (const [person, events] of truth.entries())
    for (const { at, source, type } of events) {
      const day = Math.floor(at / DAY_MILLISECONDS);
      const counts = days.get(day) ?? { all: new Count(), by: new Map<string, Count>() };
      days.set(day, counts);
      counts.all.add(person);
      const name = JSON.stringify([source, type]);
      const count = counts.by.get(name) ?? new Count();
      counts.by.set(name, count);
      count.add(person);
    }
  return [...days]
    .toSorted(([left], [right]) => left - right)
    .map(([day, { all, by }]) => ({
      from: new Date(day * DAY_MILLISECONDS).toISOString(),
      events: all.events,
      people: all.people.size,
      by: [...by]
        .toSorted(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, count]) => {
          const [source, type] = JSON.parse(name) as [string, string];
          return { source, type, events: count.events, people: count.people.size };
        }),
    }));
}
