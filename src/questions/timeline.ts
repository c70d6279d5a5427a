/**
 * The timeline: how many events there were in each span of time, and how many people they were of, each person once a span
 * whatever was merged. Spans are days, weeks from Monday on or months, all of them in UTC.
 */
import type { TimelineQuestion } from "../../schema/http/timeline.ts";
import type { History } from "../store/histories.ts";
import type { Milliseconds } from "../identity/types.ts";
import { compareTexts } from "../identity/stamp.ts";
import { prepareSpans } from "./calendar.ts";
import type { Question } from "./question.ts";

interface Counts {
  readonly events: number;
  readonly people: number;
}

export interface TimelineBucket extends Counts {
  /** When the span begins. */
  readonly from: Milliseconds;
  /** Most events first. */
  readonly by: readonly (Counts & { readonly source: string; readonly type: string })[];
  /** Set where there are more sources and types than are told. */
  readonly more?: true;
}

export interface TimelineAnswer extends Counts {
  /** The earliest first; spans without events are left out. */
  readonly timeline: readonly TimelineBucket[];
  /** Whether there are later spans than these. */
  readonly more: boolean;
}

/** How many pairs of source and type are told of one span: more than anybody reads. */
const KINDS_MAX = 1000;
/** How many a page tells in all, in a few megabytes; a page with more ends before, though never before its first span. */
const PAGE_ROWS_MAX = 20_000;

/** Counts events and those they are of; everything of one person is counted before the next. */
class Counter {
  events = 0;
  people = 0;
  #latest = 0;

  /** `person` is any number but 0 that no other person has. */
  count(person: number): void {
    this.events++;
    if (this.#latest === person) return;
    this.#latest = person;
    this.people++;
  }

  get counts(): Counts {
    return { events: this.events, people: this.people };
  }
}

class Bucket extends Counter {
  /** By source, then by type. */
  readonly by = new Map<string, Map<string, Counter>>();

  countOf(person: number, source: string, type: string): void {
    this.count(person);
    entry(
      entry(this.by, source, () => new Map<string, Counter>()),
      type,
      () => new Counter(),
    ).count(person);
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const standing = map.get(key);
  if (standing !== undefined) return standing;
  const made = make();
  map.set(key, made);
  return made;
}

export function compileTimeline(asked: TimelineQuestion): Question<TimelineAnswer> {
  const { from, to, source, type, interval, after = -Infinity, limit } = asked;
  return {
    needs: {
      from,
      to,
      types: type === undefined ? undefined : [type],
      sources: source === undefined ? undefined : [source],
    },
    begin: () => {
      const total = new Counter();
      const buckets = new Buckets(limit);
      const spanOf = prepareSpans(interval);
      let person = 0;
      return {
        add({ events }: History) {
          person++;
          for (const event of events) {
            total.count(person);
            const start = spanOf(event.at);
            if (start > after) buckets.at(start)?.countOf(person, event.source, event.type);
          }
        },
        answer: () => ({ ...buckets.told(), ...total.counts }),
      };
    },
  };
}

/** The earliest spans, as many as are asked for; later ones are forgotten as soon as there are enough. */
class Buckets {
  readonly #limit: number;
  readonly #buckets = new Map<Milliseconds, Bucket>();
  /** Spans from this on are not among those asked for. */
  #end = Infinity;

  constructor(limit: number | undefined) {
    this.#limit = limit ?? Infinity;
  }

  at(start: Milliseconds): Bucket | undefined {
    if (start >= this.#end) return undefined;
    const bucket = entry(this.#buckets, start, () => new Bucket());
    // Twice as many as are needed, so that what is beyond is looked for seldom.
    if (this.#buckets.size > 2 * this.#limit) this.#forgetLate();
    return bucket;
  }

  #forgetLate(): void {
    const starts = [...this.#buckets.keys()].toSorted((left, right) => left - right);
    this.#end = starts[this.#limit]!;
    for (const start of starts.slice(this.#limit)) this.#buckets.delete(start);
  }

  told(): Pick<TimelineAnswer, "timeline" | "more"> {
    const inOrder = [...this.#buckets].toSorted(([left], [right]) => left - right);
    const timeline: TimelineBucket[] = [];
    let rows = 0;
    for (const [from, bucket] of inOrder.slice(0, this.#limit)) {
      const told = toldOf(from, bucket);
      rows += told.by.length;
      if (this.#limit < Infinity && timeline.length > 0 && rows > PAGE_ROWS_MAX) break;
      timeline.push(told);
    }
    return { timeline, more: inOrder.length > timeline.length || this.#end < Infinity };
  }
}

function toldOf(from: Milliseconds, bucket: Bucket): TimelineBucket {
  const by = [...bucket.by].flatMap(([source, types]) =>
    [...types].map(([type, counter]) => ({ source, type, ...counter.counts })),
  );
  const mostFirst = by.toSorted(
    (left, right) =>
      right.events - left.events ||
      compareTexts(left.source, right.source) ||
      compareTexts(left.type, right.type),
  );
  return {
    from,
    ...bucket.counts,
    by: mostFirst.slice(0, KINDS_MAX),
    ...(by.length > KINDS_MAX ? { more: true as const } : {}),
  };
}
