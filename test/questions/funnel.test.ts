import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FunnelRequest } from "../../schema/http/funnel.ts";
import { compileFunnel } from "../../src/questions/funnel.ts";
import {
  answerOver,
  inJourneyOrder,
  peopleOf,
  SOURCES,
  TYPES,
  type PlainEvent,
  type PlainPerson,
} from "../support/histories.ts";

const HOUR = 3_600_000;

function person(...events: readonly (readonly [at: number, type: string, source?: string])[]) {
  return {
    traits: {},
    events: events.map(([at, type, source = "chat"]): PlainEvent => ({ at, type, source })),
  };
}

const steps = (...types: readonly string[]) => types.map((type) => ({ type }));

function peopleAt(asked: FunnelRequest, people: readonly PlainPerson[]): number[] {
  return answerOver(compileFunnel(asked), people).steps.map((step) => step.people);
}

describe("who passes", () => {
  const asked = { steps: steps("ask", "form", "buy") };

  test("each person counts once at every step they reached, in order", () => {
    const people = [
      person([1, "ask"], [2, "form"], [3, "buy"], [4, "buy"]),
      person([1, "ask"], [2, "form"]),
      person([1, "buy"], [2, "form"], [3, "ask"]),
      person([1, "form"]),
    ];
    expect(answerOver(compileFunnel(asked), people)).toEqual({
      steps: [
        { type: "ask", people: 3, conversion: 1, medianMs: null, p90Ms: null },
        { type: "form", people: 2, conversion: 2 / 3, medianMs: 1, p90Ms: 1 },
        { type: "buy", people: 1, conversion: 1 / 3, medianMs: 1, p90Ms: 1 },
      ],
    });
  });

  test("nobody is 0 everywhere, and no time", () => {
    const nothing = { people: 0, conversion: 0, medianMs: null, p90Ms: null };
    expect(answerOver(compileFunnel(asked), []).steps).toEqual(
      ["ask", "form", "buy"].map((type) => ({ type, ...nothing })),
    );
  });

  test("one event is never two steps", () => {
    const twice = { steps: steps("ask", "ask") };
    expect(peopleAt(twice, [person([1, "ask"])])).toEqual([1, 0]);
    expect(peopleAt(twice, [person([1, "ask"], [1, "ask"])])).toEqual([1, 1]);
  });

  test("at the same moment the source says which comes first, as in the journey", () => {
    const both = { steps: steps("ask", "form") };
    expect(peopleAt(both, [person([1, "ask", "a"], [1, "form", "b"])])).toEqual([1, 1]);
    expect(peopleAt(both, [person([1, "ask", "b"], [1, "form", "a"])])).toEqual([1, 0]);
  });

  test("within holds from a first step to the last, to the millisecond", () => {
    const quick = { ...asked, within: 10 };
    expect(peopleAt(quick, [person([1, "ask"], [6, "form"], [11, "buy"])])).toEqual([1, 1, 1]);
    expect(peopleAt(quick, [person([1, "ask"], [6, "form"], [12, "buy"])])).toEqual([1, 1, 0]);
  });

  test("a later first step may be the one that leads on", () => {
    const quick = { ...asked, within: 10 };
    const late = person([1, "ask"], [2, "form"], [50, "ask"], [51, "form"], [52, "buy"]);
    expect(peopleAt(quick, [late])).toEqual([1, 1, 1]);
  });

  test("of equally deep chains the earliest gives the times", () => {
    const both = { steps: steps("ask", "form") };
    const again = person([1, "ask"], [2, "ask"], [5, "form"], [6, "form"]);
    expect(answerOver(compileFunnel(both), [again]).steps[1]).toMatchObject({ medianMs: 4 });
  });

  test("from and to bound the first step; later ones follow for as long as within lets them", () => {
    const bounded = { steps: steps("ask", "buy"), from: 10, to: 20, within: 15 };
    expect(peopleAt(bounded, [person([9, "ask"], [11, "buy"])])).toEqual([0, 0]);
    expect(peopleAt(bounded, [person([20, "ask"], [21, "buy"])])).toEqual([0, 0]);
    expect(peopleAt(bounded, [person([19, "ask"], [34, "buy"])])).toEqual([1, 1]);
    expect(peopleAt({ ...bounded, within: undefined }, [person([19, "ask"], [20, "buy"])])).toEqual(
      [1, 0],
    );
  });
});

test("a person with a hundred thousand first steps costs no more than they did", () => {
  const count = 100_000;
  const events = Array.from({ length: count }, (_, at) => ({ at, type: "ask", source: "chat" }));
  let looks = 0;
  const counted = events.map((event) => ({
    ...event,
    get type() {
      looks++;
      return event.type;
    },
    payload: () => "{}",
  }));
  const asked = { steps: steps(...Array.from({ length: 20 }, () => "ask"), "buy"), within: HOUR };
  const run = compileFunnel(asked).begin();
  run.add({ profile: "pr_1", traits: new Map(), events: counted });
  expect(run.answer().steps.map(({ people }) => people)).toEqual([
    ...Array.from({ length: 20 }, () => 1),
    0,
  ]);
  // Each condition once for each event.
  expect(looks).toBeLessThanOrEqual(21 * count);
});

describe("times", () => {
  test("median and 90th percentile are by nearest rank: of ten the fifth and the ninth", () => {
    const people = Array.from({ length: 10 }, (_, index) =>
      person([0, "ask"], [(index + 1) * HOUR, "buy"]),
    );
    const { steps: told } = answerOver(compileFunnel({ steps: steps("ask", "buy") }), people);
    expect(told[1]).toMatchObject({ medianMs: 5 * HOUR, p90Ms: 9 * HOUR });
  });
});

describe("groups", () => {
  const asked = { steps: steps("ask", "buy") };

  test("by source: that of the first step of the chain that counts", () => {
    const people = [
      person([1, "ask", "chat"], [2, "buy", "shop"]),
      person([1, "ask", "shop"]),
      person([1, "ask", "chat"]),
    ];
    const { groups } = answerOver(compileFunnel({ ...asked, by: "source" }), people);
    expect(
      groups!.map(({ value, steps: told }) => [value, told.map((step) => step.people)]),
    ).toEqual([
      ['"chat"', [2, 1]],
      ['"shop"', [1, 0]],
    ]);
  });

  test("by a trait, and one that is called source", () => {
    const named = (traits: PlainPerson["traits"]) => ({ ...person([1, "ask"]), traits });
    const people = [named({ city: "Rome", source: "ad" }), named({ city: "Rome" }), named({})];
    const valuesBy = (by: FunnelRequest["by"]) =>
      answerOver(compileFunnel({ ...asked, by }), people).groups!.map(
        ({ value, steps: told }) => `${value} ${told[0]!.people}`,
      );
    expect(valuesBy("city")).toEqual(['"Rome" 2', "null 1"]);
    expect(valuesBy({ trait: "source" })).toEqual(["null 2", '"ad" 1']);
  });

  test("beyond a thousand values, and of those that are too long, the rest is told together", () => {
    const people = [
      ...Array.from({ length: 1002 }, (_, index) => ({
        ...person([1, "ask"], [2, "buy"]),
        traits: { n: index },
      })),
      { ...person([1, "ask"]), traits: { n: "x".repeat(1000) } },
      { ...person([1, "ask"]), traits: { n: 7 } },
    ];
    const { groups, steps: told } = answerOver(compileFunnel({ ...asked, by: "n" }), people);
    expect(groups).toHaveLength(1001);
    expect(groups![0]).toMatchObject({ value: "7", steps: [{ people: 2 }, { people: 1 }] });
    const { value, more, steps: rest } = groups!.at(-1)!;
    expect({ value, more }).toEqual({ value: "null", more: true });
    expect(rest.map((step) => step.people)).toEqual([3, 2]);
    expect(told.map((step) => step.people)).toEqual([1004, 1002]);
  });
});

/** The longest chain by trying every start and every next event, and of equals the first that is found. */
function naiveChain(asked: FunnelRequest, events: readonly PlainEvent[]): readonly PlainEvent[] {
  const { within = Infinity, from = -Infinity, to = Infinity } = asked;
  const end = asked.within === undefined ? to : Infinity;
  const matches = (step: number, { type, source, payload }: PlainEvent) => {
    const filter = asked.steps[step]!;
    const n = filter.where?.["n"];
    return (
      filter.type === type &&
      (filter.source === undefined || filter.source === source) &&
      (n === undefined || n === (payload as { readonly n: number }).n)
    );
  };
  const longestFrom = (chain: readonly number[]): readonly number[] => {
    const [start, last] = [events[chain[0]!]!, chain.at(-1)!];
    if (chain.length === asked.steps.length) return chain;
    let best = chain;
    for (const [place, event] of events.entries()) {
      const fits =
        place > last &&
        event.at - start.at <= within &&
        event.at < end &&
        matches(chain.length, event);
      if (!fits) continue;
      const found = longestFrom([...chain, place]);
      if (found.length > best.length) best = found;
    }
    return best;
  };
  let best: readonly number[] = [];
  for (const [place, event] of events.entries()) {
    if (event.at < from || event.at >= to || !matches(0, event)) continue;
    const found = longestFrom([place]);
    if (found.length > best.length) best = found;
  }
  return best.map((place) => events[place]!);
}

function naivePercentile(times: readonly number[], percent: number): number | null {
  const sorted = times.toSorted((left, right) => left - right);
  // The least that so many in a hundred do not exceed.
  const isEnough = (time: number) =>
    sorted.filter((other) => other <= time).length * 100 >= percent * sorted.length;
  return sorted.find(isEnough) ?? null;
}

function naiveSteps(asked: FunnelRequest, chains: readonly (readonly PlainEvent[])[]) {
  const first = chains.filter((chain) => chain.length > 0).length;
  return asked.steps.map(({ type }, step) => {
    const there = chains.filter((chain) => chain.length > step);
    const times = step === 0 ? [] : there.map((chain) => chain[step]!.at - chain[step - 1]!.at);
    return {
      type,
      people: there.length,
      conversion: first === 0 ? 0 : there.length / first,
      medianMs: naivePercentile(times, 50),
      p90Ms: naivePercentile(times, 90),
    };
  });
}

const requestOf: fc.Arbitrary<FunnelRequest> = fc.record(
  {
    steps: fc.array(
      fc.record(
        {
          type: fc.constantFrom(...TYPES),
          source: fc.constantFrom(...SOURCES),
          where: fc.record({ n: fc.nat({ max: 2 }) }),
        },
        { requiredKeys: ["type"] },
      ),
      { minLength: 1, maxLength: 4 },
    ),
    within: fc.integer({ min: 1, max: 12 }),
    from: fc.integer({ min: 0, max: 10 }),
    to: fc.integer({ min: 11, max: 20 }),
    by: fc.constantFrom("source", "city", { trait: "city" }),
  },
  { requiredKeys: ["steps"] },
);

test("agrees with trying every start and every chain", () => {
  fc.assert(
    fc.property(requestOf, peopleOf(1), (asked, people) => {
      const walked = people
        .map(({ events, traits }) => ({
          chain: naiveChain(asked, inJourneyOrder(events)),
          city: traits["city"],
        }))
        .filter(({ chain }) => chain.length > 0);
      const { steps: told, groups } = answerOver(compileFunnel(asked), people);
      expect(told).toEqual(
        naiveSteps(
          asked,
          walked.map(({ chain }) => chain),
        ),
      );
      if (asked.by === undefined) {
        expect(groups).toBeUndefined();
        return;
      }
      const valueOf = ({ chain, city }: (typeof walked)[number]) =>
        JSON.stringify(asked.by === "source" ? chain[0]!.source : (city ?? null));
      const values = [...new Set(walked.map(valueOf))];
      const expected = values.map((value) => ({
        value,
        steps: naiveSteps(
          asked,
          walked.filter((one) => valueOf(one) === value).map(({ chain }) => chain),
        ),
      }));
      expect(groups!.toSorted(byValue)).toEqual(expected.toSorted(byValue));
    }),
    { numRuns: 2000 },
  );
});

function byValue(left: { readonly value: string }, right: { readonly value: string }): number {
  return left.value < right.value ? -1 : 1;
}
