/**
 * Paths: what people do after a step, or did before it, as transitions from step to step. Each person walks once, from
 * their first start on or from their last one back; at every depth whoever came there goes on, ends, or is at the end of
 * what was asked for, so that the counts add up.
 */
import type { PathsAnswer, PathsRequest } from "../../schema/http/paths.ts";
import { compareTexts } from "../identity/stamp.ts";
import { compileEventFilter } from "./event-filter.ts";
import { percentile } from "./percentile.ts";
import type { Question } from "./question.ts";
import { walksOf, type Walk } from "./walks.ts";

export function compilePaths(asked: PathsRequest): Question<PathsAnswer> {
  const isStart = compileEventFilter(asked.start);
  return {
    needs: needsOf(asked),
    begin: () => {
      const paths = new Paths(asked);
      return {
        add({ events }) {
          paths.nextPerson();
          for (const walk of walksOf(events, isStart, asked)) paths.add(walk);
        },
        answer: () => paths.told(),
      };
    },
  };
}

/** Any event may be a step; those on the far side of the starts no further away than `within`. */
function needsOf({
  direction,
  within = Infinity,
  from,
  to,
}: PathsRequest): Question<unknown>["needs"] {
  if (direction === "after") return { from, to: finite(to, within) };
  return { from: finite(from, -within), to };
}

function finite(time: number | undefined, distance: number): number | undefined {
  return time === undefined || !Number.isFinite(distance) ? undefined : time + distance;
}

type Transition = PathsAnswer["transitions"][number];
type End = PathsAnswer["ends"][number];

/** How many walks came along one way, and whose; everything of one person is counted before the next. */
class Tally {
  walks = 0;
  people = 0;
  readonly spans: number[] = [];
  #latest = 0;

  /** `person` is any number but 0 that no other person has. */
  count(person: number): void {
    this.walks++;
    if (this.#latest === person) return;
    this.#latest = person;
    this.people++;
  }

  get median(): number | null {
    return percentile(Float64Array.from(this.spans).sort(), 50);
  }
}

/** Where walks lead at one depth: from a step to the next, which is null where they end. */
type Ways = Map<string, Map<string | null, Tally>>;

class Paths {
  readonly #asked: PathsRequest;
  /** By depth: at 1 lies what leads away from the start. */
  readonly #ways: Ways[];
  readonly #total = new Tally();
  #person = 0;

  constructor(asked: PathsRequest) {
    this.#asked = asked;
    this.#ways = Array.from({ length: asked.depth }, () => new Map());
  }

  nextPerson(): void {
    this.#person++;
  }

  add(walk: Walk): void {
    this.#total.count(this.#person);
    for (const [depth, ways] of this.#ways.entries()) {
      const step = walk[depth];
      if (step === undefined) return;
      const next = walk[depth + 1];
      const tally = tallyOf(ways, step.label, next?.label ?? null);
      tally.count(this.#person);
      if (next !== undefined) tally.spans.push(Math.abs(next.at - step.at));
    }
  }

  told(): PathsAnswer {
    const { people, walks } = this.#total;
    const transitions = this.#ways.map((ways, depth) => this.#transitions(depth + 1, ways));
    const ends = this.#ways.map((ways, depth) => this.#ends(depth, ways));
    return {
      people,
      walks,
      transitions: transitions.flatMap(({ rows }) => rows),
      ends: ends.flatMap(({ rows }) => rows),
      more: [...transitions, ...ends].some(({ more }) => more),
    };
  }

  #transitions(depth: number, ways: Ways): Rows<Transition> {
    const found = [...ways].flatMap(([from, targets]) =>
      [...targets].flatMap(([to, tally]) => (to === null ? [] : [{ names: [from, to], tally }])),
    );
    return this.#ranked(found, ([from = null, to = null], counted, tally) => ({
      depth,
      from,
      to,
      ...counted,
      medianMs: tally?.median ?? null,
    }));
  }

  #ends(depth: number, ways: Ways): Rows<End> {
    const found = [...ways].flatMap(([at, targets]) => {
      const tally = targets.get(null);
      return tally === undefined ? [] : [{ names: [at], tally }];
    });
    return this.#ranked(found, ([at = null], counted) => ({ depth, at, ...counted }));
  }

  /** The most frequent, and one row without names for all the others. */
  #ranked<Row>(
    found: readonly Named[],
    rowOf: (names: readonly string[], counted: Counted, tally: Tally | undefined) => Row,
  ): Rows<Row> {
    const { limit, every } = this.#asked;
    const ranked = found.toSorted(byFrequency);
    const rows = ranked
      .slice(0, limit)
      .map(({ names, tally }) => rowOf(names, { walks: tally.walks, people: tally.people }, tally));
    const rest = ranked.slice(limit);
    if (rest.length === 0) return { rows, more: false };
    const walks = rest.reduce((sum, { tally }) => sum + tally.walks, 0);
    // A person with one walk cannot be in two rows; one with several may be, and is not to count twice.
    rows.push(rowOf([], { walks, people: every ? null : walks }, undefined));
    return { rows, more: true };
  }
}

interface Named {
  readonly names: readonly string[];
  readonly tally: Tally;
}

type Counted = Pick<End, "walks" | "people">;

interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly more: boolean;
}

function byFrequency(left: Named, right: Named): number {
  return (
    right.tally.walks - left.tally.walks ||
    left.names
      .map((name, place) => compareTexts(name, right.names[place]!))
      .find((order) => order !== 0) ||
    0
  );
}

function tallyOf(ways: Ways, from: string, to: string | null): Tally {
  const targets = ways.get(from) ?? new Map<string | null, Tally>();
  ways.set(from, targets);
  const tally = targets.get(to) ?? new Tally();
  targets.set(to, tally);
  return tally;
}
