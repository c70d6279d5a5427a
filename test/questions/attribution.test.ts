import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  attributionAnswerSchema,
  type AttributionAnswer,
  type AttributionRequest,
} from "../../schema/http/attribution.ts";
import { compileAttribution } from "../../src/questions/attribution.ts";
import {
  answerOver,
  bounds,
  journeys,
  type BriefEvent,
  type People,
} from "../support/random-histories.ts";

const PLAIN: AttributionRequest = {
  conversion: { type: "a" },
  touch: "type",
  within: 1_000_000,
  count: "first",
};

/** The answer over these people, whose shape is what is published. */
function ask(options: Partial<AttributionRequest>, people: People): AttributionAnswer {
  return attributionAnswerSchema.parse(
    answerOver(compileAttribution({ ...PLAIN, ...options }), people),
  );
}

/** A person whose events have these types, a second each; those in capitals are of the app. */
function typed(types: string): BriefEvent[] {
  return types.split("").map((type, at) => ({
    at: at * 1000,
    source: type === type.toUpperCase() ? "app" : "shop",
    type: type.toLowerCase(),
  }));
}

/** `b 1 0 0.5 1`: first, last, linear, people. */
function brief({ touches }: AttributionAnswer): string[] {
  return touches.map(
    ({ value, first, last, linear, people }) => `${value} ${first} ${last} ${linear} ${people}`,
  );
}

describe("a conversion", () => {
  test("is attributed to the first touch, the last, and to all of them evenly", () => {
    const answer = ask({}, [typed("bccda"), typed("ba"), typed("a"), typed("bc")]);
    expect(answer).toMatchObject({ conversions: 3, people: 3, unattributed: 1 });
    expect(brief(answer)).toEqual(["b 2 1 1.25 2", "c 0 0 0.5 1", "d 0 1 0.25 1"]);
  });

  test("is attributed to sources as well, and only to what is to count", () => {
    expect(brief(ask({ touch: "source" }, [typed("bCda")]))).toEqual([
      "shop 1 1 0.666667 1",
      "app 0 0 0.333333 1",
    ]);
    expect(brief(ask({ touches: ["c"] }, [typed("bcda")]))).toEqual(["c 1 1 1 1"]);
    expect(ask({ touches: ["x"] }, [typed("bcda")])).toMatchObject({
      unattributed: 1,
      touches: [],
    });
  });

  test("is attributed to nothing further back than the span, and to nothing after it", () => {
    expect(brief(ask({ within: 2000 }, [typed("bcdab")]))).toEqual(["c 1 0 0.5 1", "d 0 1 0.5 1"]);
  });

  test("is never attributed to another conversion, within the bounds or not", () => {
    expect(ask({ from: 1000 }, [typed("aa")])).toMatchObject({ conversions: 1, unattributed: 1 });
    expect(ask({ count: "every" }, [typed("aaa")])).toMatchObject({
      conversions: 3,
      unattributed: 3,
    });
  });

  test("counts once for each person, the first one within the bounds, unless every one is asked for", () => {
    const people = [typed("bacaba")];
    expect(brief(ask({}, people))).toEqual(["b 1 1 1 1"]);
    expect(brief(ask({ from: 2000 }, people))).toEqual(["b 1 0 0.5 1", "c 0 1 0.5 1"]);
    const every = ask({ count: "every" }, people);
    expect(every).toMatchObject({ conversions: 3, people: 1, unattributed: 0 });
    expect(brief(every)).toEqual(["b 3 2 2.166667 1", "c 0 1 0.833333 1"]);
  });
});

test("thirds make a whole again, and what is equal is in order of its name", () => {
  const answer = ask({}, [typed("bcda"), typed("cdba"), typed("dbca"), typed("ea")]);
  expect(brief(answer)).toEqual(["b 1 1 1 3", "c 1 1 1 3", "d 1 1 1 3", "e 1 1 1 1"]);
});

test("values beyond the first thousand are taken together", () => {
  const people = Array.from({ length: 1003 }, (_, index) => [
    { at: 0, source: "shop", type: `t${String(index).padStart(4, "0")}` },
    { at: 1, source: "shop", type: "a" },
  ]);
  const { touches } = ask({}, people);
  expect(touches).toHaveLength(1001);
  expect(touches.slice(999)).toEqual([
    { value: "t0999", first: 1, last: 1, linear: 1, people: 1 },
    { value: null, first: 3, last: 3, linear: 3, people: null },
  ]);
});

test("asks for no events but conversions and what may be a touch", () => {
  const needs = (options: Partial<AttributionRequest>) =>
    compileAttribution({ ...PLAIN, within: 5, ...options }).needs;
  expect(needs({ from: 10, to: 20 })).toEqual({ from: 5, to: 20 });
  expect(needs({ touches: ["b", "c"] })).toMatchObject({ types: ["b", "c", "a"] });
  expect(needs({ touch: "source", touches: ["app"] })).not.toHaveProperty("sources");
  expect(
    needs({ conversion: { type: "a", source: "shop" }, touch: "source", touches: ["app"] }),
  ).toMatchObject({ sources: ["app", "shop"] });
});

const request = fc
  .record({
    touch: fc.constantFrom("source" as const, "type" as const),
    count: fc.constantFrom("first" as const, "every" as const),
    within: fc.nat(25),
    touches: fc.option(fc.subarray(["app", "b", "c"], { minLength: 1 }), { nil: undefined }),
  })
  .chain((options) => bounds.map((times) => ({ ...PLAIN, ...options, ...times })));

/** Each conversion by itself, as it is defined. */
function naively(asked: AttributionRequest, people: People) {
  const credits = new Map<
    string,
    { first: number; last: number; linear: number; people: Set<number> }
  >();
  const creditOf = (value: string) => {
    const credit = credits.get(value) ?? { first: 0, last: 0, linear: 0, people: new Set() };
    credits.set(value, credit);
    return credit;
  };
  let [conversions, unattributed] = [0, 0];
  const converted = new Set<number>();
  for (const [person, events] of people.entries()) {
    const { from = 0, to = Infinity } = asked;
    const all = events.flatMap((event, place) =>
      event.type === "a" && event.at >= from && event.at < to ? [place] : [],
    );
    for (const place of asked.count === "every" ? all : all.slice(0, 1)) {
      conversions++;
      converted.add(person);
      const values = events
        .slice(0, place)
        .filter(({ at, type }) => type !== "a" && events[place]!.at - at <= asked.within)
        .map((event) => event[asked.touch])
        .filter((value) => asked.touches?.includes(value) ?? true);
      if (values.length === 0) unattributed++;
      else {
        creditOf(values[0]!).first++;
        creditOf(values.at(-1)!).last++;
      }
      for (const value of values) {
        creditOf(value).linear += 1 / values.length;
        creditOf(value).people.add(person);
      }
    }
  }
  return { conversions, unattributed, people: converted.size, credits };
}

test("attribution is that of each conversion by itself", () => {
  fc.assert(
    fc.property(request, journeys, (asked, people) => {
      const { touches, ...counts } = ask(asked, people);
      const { credits, ...naiveCounts } = naively(asked, people);
      expect(counts).toEqual(naiveCounts);
      expect(touches.length).toBe(credits.size);
      for (const { value, linear, ...told } of touches) {
        const credit = credits.get(value!)!;
        expect(told).toEqual({
          first: credit.first,
          last: credit.last,
          people: credit.people.size,
        });
        expect(linear).toBeCloseTo(credit.linear, 5);
      }
      const inOrder = touches.toSorted(
        (left, right) => right.linear - left.linear || (left.value! < right.value! ? -1 : 1),
      );
      expect(touches).toEqual(inOrder);
    }),
    { numRuns: 1000 },
  );
});

test("what is attributed is every conversion but those that are told not to be, by every model", () => {
  fc.assert(
    fc.property(request, journeys, (asked, people) => {
      const { conversions, unattributed, touches } = ask(asked, people);
      const attributed = conversions - unattributed;
      const sum = (model: "first" | "last" | "linear") =>
        touches.reduce((total, touch) => total + touch[model], 0);
      expect([sum("first"), sum("last")]).toEqual([attributed, attributed]);
      expect(sum("linear")).toBeCloseTo(attributed, 5);
    }),
    { numRuns: 500 },
  );
});

test("the order in which people come makes no difference", () => {
  fc.assert(
    fc.property(request, journeys, (asked, people) => {
      expect(ask(asked, people.toReversed())).toEqual(ask(asked, people));
    }),
  );
});

test("a person with fifty thousand conversions after as many touches is gone through once", () => {
  const half = 50_000;
  const events = Array.from({ length: 2 * half }, (_, at) => ({
    at,
    source: "shop",
    type: at < half ? `t${at % 500}` : "a",
  }));
  const answer = ask({ count: "every" }, [events]);
  expect(answer.conversions).toBe(half);
  expect(answer.touches[0]).toEqual({ value: "t0", first: half, last: 0, linear: 100, people: 1 });
});
