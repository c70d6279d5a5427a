/** Scores what a store holds against the truth of a cast. */
import { score, type Score } from "../../../src/cli/demo/score.ts";
import type { PersonRecord } from "../../../src/store/store.ts";
import { eventName } from "./cast.ts";

export async function scorePeople(
  people: AsyncIterable<PersonRecord>,
  truth: ReadonlyMap<string, number>,
): Promise<Score> {
  const journeys: string[][] = [];
  for await (const person of people) {
    const journey: string[] = [];
    for await (const { source, key } of person.events)
      journey.push(eventName({ source, event: key }));
    journeys.push(journey);
  }
  return score(journeys, truth);
}
