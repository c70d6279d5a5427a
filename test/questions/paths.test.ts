import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pathsAnswerSchema, type PathsAnswer, type PathsRequest } from "../../schema/http/paths.ts";
import { compilePaths } from "../../src/questions/paths.ts";
import {
  answerOver,
  bounds,
  journeys,
  type BriefEvent,
  type People,
} from "../support/random-histories.ts";

const PLAIN: PathsRequest = {
  start: { type: "a" },
  direction: "after",
  depth: 3,
  every: false,
  by: "type",
  repeats: false,
  exclude: [],
  limit: 1000,
};

/** The answer over these people, whose shape is what is published. */
function ask(options: Partial<PathsRequest>, people: People): PathsAnswer {
  return pathsAnswerSchema.parse(answerOver(compilePaths({ ...PLAIN, ...options }), people));
}

/** A person whose events have these types, a second each; a dot is a second without any. */
function typed(types: string): BriefEvent[] {
  return types
    .split("")
    .flatMap((type, at) =>
      type === "."
        ? []
        : [{ at: at * 1000, source: type === type.toUpperCase() ? "app" : "shop", type }],
    );
}

/** `1 a>b 2` for what two walk at depth 1. */
function brief({ transitions, ends }: PathsAnswer): string[] {
  return [
    ...transitions.map(({ depth, from, to, walks }) => `${depth} ${from}>${to} ${walks}`),
    ...ends.map(({ depth, at, walks }) => `${depth} ${at}. ${walks}`),
  ];
}

describe("what people do after a step", () => {
  test("begins at the first start of each, and is counted by depth", () => {
    const answer = ask({}, [typed("xabc"), typed("abdab"), typed("a"), typed("xyz")]);
    expect(answer).toMatchObject({ people: 3, walks: 3, more: false });
    expect(brief(answer)).toEqual(["1 a>b 2", "2 b>c 1", "2 b>d 1", "3 d>a 1", "0 a. 1", "2 c. 1"]);
  });

  test("takes the median time from one step to the next, which is one that somebody took", () => {
    const answer = ask({ depth: 1 }, [typed("ab"), typed("a..b"), typed("a...b"), typed("a.b")]);
    expect(answer.transitions).toEqual([
      { depth: 1, from: "a", to: "b", walks: 4, people: 4, medianMs: 2000 },
    ]);
  });

  test("goes no further from its start than it is told", () => {
    expect(brief(ask({ within: 2000 }, [typed("a.bc")]))).toEqual(["1 a>b 1", "1 b. 1"]);
  });

  test("begins within the bounds and goes on beyond them", () => {
    expect(brief(ask({ from: 2000, to: 3000 }, [typed("a.ab")]))).toEqual(["1 a>b 1", "1 b. 1"]);
    expect(ask({ to: 2000 }, [typed("..a")])).toMatchObject({
      people: 0,
      transitions: [],
      ends: [],
    });
  });

  test("takes what comes several times in a row for one step, unless it is asked not to", () => {
    const people = [typed("aabbbc")];
    expect(brief(ask({}, people))).toEqual(["1 a>b 1", "2 b>c 1", "2 c. 1"]);
    expect(brief(ask({ repeats: true }, people))).toEqual(["1 a>a 1", "2 a>b 1", "3 b>b 1"]);
  });

  test("steps over types that are left out, so that what stands around them is in a row", () => {
    expect(brief(ask({ exclude: ["x"] }, [typed("axbxbxc")]))).toEqual([
      "1 a>b 1",
      "2 b>c 1",
      "2 c. 1",
    ]);
    expect(brief(ask({ exclude: ["a"], depth: 1 }, [typed("aab")]))).toEqual(["1 a>b 1"]);
  });

  test("calls steps by their source, or by both", () => {
    expect(brief(ask({ by: "source", depth: 1 }, [typed("abC")]))).toEqual(["1 shop>app 1"]);
    expect(brief(ask({ by: "source:type", depth: 1 }, [typed("abC")]))).toEqual([
      "1 shop:a>shop:b 1",
    ]);
  });

  test("is a walk from every start where that is asked for, and each person still one", () => {
    const answer = ask({ every: true, depth: 1 }, [typed("abab"), typed("ab")]);
    expect(answer).toMatchObject({ people: 2, walks: 3 });
    expect(answer.transitions).toEqual([
      { depth: 1, from: "a", to: "b", walks: 3, people: 2, medianMs: 1000 },
    ]);
  });
});

test("what people did before a step goes back in time from the last one", () => {
  const answer = ask({ direction: "before" }, [typed("xacbac"), typed("a")]);
  expect(brief(answer)).toEqual(["1 a>b 1", "2 b>c 1", "3 c>a 1", "0 a. 1"]);
  expect(answer.transitions[0]!.medianMs).toBe(1000);
  expect(brief(ask({ direction: "before", within: 1000 }, [typed("cba")]))).toEqual([
    "1 a>b 1",
    "1 b. 1",
  ]);
  expect(brief(ask({ direction: "before", to: 3000 }, [typed(".cabca")]))).toEqual([
    "1 a>c 1",
    "1 c. 1",
  ]);
});

test("what is beyond the limit is taken together at its depth", () => {
  const people = [typed("ab"), typed("ab"), typed("ac"), typed("ad"), typed("ad")];
  const answer = ask({ limit: 1 }, people);
  expect(answer.transitions).toEqual([
    { depth: 1, from: "a", to: "b", walks: 2, people: 2, medianMs: 1000 },
    { depth: 1, from: null, to: null, walks: 3, people: 3, medianMs: null },
  ]);
  expect(answer.ends).toEqual([
    { depth: 1, at: "b", walks: 2, people: 2 },
    { depth: 1, at: null, walks: 3, people: 3 },
  ]);
  expect(answer.more).toBe(true);
  expect(ask({ limit: 1, every: true }, people).transitions[1]!.people).toBeNull();
});

test("asks for no events but those that may be starts or steps", () => {
  const needs = (options: Partial<PathsRequest>) => compilePaths({ ...PLAIN, ...options }).needs;
  expect(needs({ from: 10, to: 20, within: 5 })).toEqual({ from: 10, to: 25 });
  expect(needs({ from: 10, to: 20 })).toEqual({ from: 10, to: undefined });
  expect(needs({ direction: "before", from: 10, to: 20, within: 5 })).toEqual({ from: 5, to: 20 });
});

const request = fc
  .record({
    direction: fc.constantFrom("after" as const, "before" as const),
    depth: fc.integer({ min: 1, max: 5 }),
    every: fc.boolean(),
    by: fc.constantFrom("type" as const, "source" as const, "source:type" as const),
    repeats: fc.boolean(),
    exclude: fc.subarray(["b", "c"]),
    within: fc.option(fc.nat(20), { nil: undefined }),
  })
  .chain((options) => bounds.map((times) => ({ ...PLAIN, ...options, ...times })));

/** Every walk of one person as it is defined: event after event, none of it prepared. */
function naiveWalks(asked: PathsRequest, events: readonly BriefEvent[]) {
  const { direction, from = 0, to = Infinity, within = Infinity } = asked;
  const inOrder = direction === "after" ? events : events.toReversed();
  const nameOf = ({ source, type }: BriefEvent) =>
    asked.by === "source:type" ? `${source}:${type}` : asked.by === "source" ? source : type;
  const walks: { name: string; at: number }[][] = [];
  for (const [place, start] of inOrder.entries()) {
    if (start.type !== "a" || start.at < from || start.at >= to) continue;
    const walk = [{ name: nameOf(start), at: start.at }];
    for (const event of inOrder.slice(place + 1)) {
      const isStep =
        !asked.exclude.includes(event.type) &&
        Math.abs(event.at - start.at) <= within &&
        (asked.repeats || nameOf(event) !== walk.at(-1)!.name);
      if (isStep && walk.length <= asked.depth) walk.push({ name: nameOf(event), at: event.at });
    }
    walks.push(walk);
  }
  return asked.every ? walks : walks.slice(0, 1);
}

/** Each way at each depth, with the number of walks, of people and the median, one text each. */
function naively(asked: PathsRequest, people: People): string[] {
  const ways = new Map<string, { people: Set<number>; spans: number[] }>();
  for (const [person, events] of people.entries())
    for (const walk of naiveWalks(asked, events))
      for (const [depth, step] of walk.slice(0, asked.depth).entries()) {
        const next = walk[depth + 1];
        const key =
          next === undefined ? `${depth} ${step.name}.` : `${depth + 1} ${step.name}>${next.name}`;
        const way = ways.get(key) ?? { people: new Set(), spans: [] };
        way.people.add(person);
        way.spans.push(Math.abs((next?.at ?? step.at) - step.at));
        ways.set(key, way);
      }
  return [...ways].map(([key, { people, spans }]) => {
    const middle = spans.toSorted((left, right) => left - right)[Math.ceil(spans.length / 2) - 1];
    return `${key} ${spans.length} ${people.size}${key.endsWith(".") ? "" : ` ${middle}`}`;
  });
}

test("paths are those of walking event by event", () => {
  fc.assert(
    fc.property(request, journeys, (asked, people) => {
      const { transitions, ends, more } = ask(asked, people);
      const told = [
        ...transitions.map(
          (row) => `${row.depth} ${row.from}>${row.to} ${row.walks} ${row.people} ${row.medianMs}`,
        ),
        ...ends.map((row) => `${row.depth} ${row.at}. ${row.walks} ${row.people}`),
      ];
      expect(told.toSorted()).toEqual(naively(asked, people).toSorted());
      expect(more).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test("whoever comes to a depth goes on or ends there, whatever the limit", () => {
  fc.assert(
    fc.property(request, journeys, fc.integer({ min: 1, max: 3 }), (asked, people, limit) => {
      const { walks, transitions, ends } = ask({ ...asked, limit }, people);
      const sum = (rows: readonly { depth: number; walks: number }[], depth: number) =>
        rows.filter((row) => row.depth === depth).reduce((total, row) => total + row.walks, 0);
      let arrived = walks;
      for (let depth = 0; depth < asked.depth; depth++) {
        expect(sum(transitions, depth + 1) + sum(ends, depth)).toBe(arrived);
        arrived = sum(transitions, depth + 1);
      }
      if (!asked.every)
        for (const row of [...transitions, ...ends]) expect(row.people).toBe(row.walks);
    }),
    { numRuns: 500 },
  );
});

test("the order in which people come makes no difference", () => {
  fc.assert(
    fc.property(request, journeys, (asked, people) => {
      expect(ask({ ...asked, limit: 2 }, people.toReversed())).toEqual(
        ask({ ...asked, limit: 2 }, people),
      );
    }),
  );
});

test("a person with a hundred thousand starts in a row is walked through once, not once for each", () => {
  const events = Array.from({ length: 100_000 }, (_, at) => ({ at, source: "shop", type: "a" }));
  const last = { at: 100_000, source: "shop", type: "b" };
  const answer = ask({ every: true, depth: 10 }, [[...events, last]]);
  expect(brief(answer)).toEqual(["1 a>b 100000", "1 b. 100000"]);
});
