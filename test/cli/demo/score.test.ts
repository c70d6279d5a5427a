import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { score, type Score } from "../../../src/cli/demo/score.ts";

/** The definition, word for word: every pair of events is looked at. */
function naiveScore(
  journeys: readonly (readonly string[])[],
  truth: ReadonlyMap<string, number>,
): Score {
  const known = [...truth.keys()];
  const journeyOf = (event: string) => journeys.findIndex((journey) => journey.includes(event));
  const allPairs = known.flatMap((left, index) =>
    known.slice(index + 1).map((right) => [left, right] as const),
  );
  const together = allPairs.filter(
    ([left, right]) => journeyOf(left) !== -1 && journeyOf(left) === journeyOf(right),
  );
  const onePerson = allPairs.filter(([left, right]) => truth.get(left) === truth.get(right));
  const both = together.filter(([left, right]) => truth.get(left) === truth.get(right));
  return {
    precision: together.length === 0 ? 1 : both.length / together.length,
    recall: onePerson.length === 0 ? 1 : both.length / onePerson.length,
    peopleFound: journeys.filter((journey) => journey.length > 0).length,
    truePeople: new Set(truth.values()).size,
  };
}

/** Events, each with the person it is of (or nobody) and the journey it stands in (or none). */
const scored = fc
  .array(
    fc.record({
      person: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
      journey: fc.option(fc.nat({ max: 4 }), { nil: undefined }),
    }),
    { maxLength: 30 },
  )
  .map((events) => {
    const named = events.map((event, index) => ({ ...event, name: `e${index}` }));
    const journeys = [0, 1, 2, 3, 4].map((journey) =>
      named.filter((event) => event.journey === journey).map(({ name }) => name),
    );
    const truth = new Map(
      named.flatMap(({ name, person }) => (person === undefined ? [] : [[name, person] as const])),
    );
    return { journeys, truth };
  });

describe("score", () => {
  test("says what looking at every pair says", () => {
    fc.assert(
      fc.property(scored, ({ journeys, truth }) => {
        expect(score(journeys, truth)).toEqual(naiveScore(journeys, truth));
      }),
    );
  });

  test("is 1 and 1 where journeys are the true people", () => {
    const truth = new Map([
      ["a", 1],
      ["b", 1],
      ["c", 2],
    ]);
    expect(score([["a", "b"], ["c"]], truth)).toEqual({
      precision: 1,
      recall: 1,
      peopleFound: 2,
      truePeople: 2,
    });
  });

  test("loses precision where two people are one journey, and recall where one person is two", () => {
    const truth = new Map([
      ["a", 1],
      ["b", 1],
      ["c", 2],
    ]);
    expect(score([["a", "b", "c"]], truth)).toMatchObject({ precision: 1 / 3, recall: 1 });
    expect(score([["a"], ["b"], ["c"]], truth)).toMatchObject({ precision: 1, recall: 0 });
  });

  test("counts an event that stands in no journey as torn apart", () => {
    const truth = new Map([
      ["a", 1],
      ["b", 1],
    ]);
    expect(score([["a"]], truth)).toMatchObject({ recall: 0, peopleFound: 1 });
  });
});
