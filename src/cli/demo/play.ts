/** Plays the cast to a running service and asks it about what came of it; shows nothing. */
import type { GraphView, StatsView } from "../../queries/queries.ts";
import type { DemoCast } from "./cast.ts";
import type { Client, JourneyEvent, Profile } from "./client.ts";
import { score, type Score } from "./score.ts";

/** What the demo tells, all of it from the service's answers but for the truth that the score compares them with. */
export interface Findings {
  readonly url: string;
  readonly webhooks: number;
  readonly outcomes: StatsView["outcomes"];
  /** The id by which the shown person is asked for. */
  readonly shown: string;
  readonly profile: Profile;
  readonly journey: readonly JourneyEvent[];
  readonly graph: GraphView;
  readonly score: Score;
}

export async function play(cast: DemoCast, client: Client): Promise<Findings> {
  const truth = new Map<string, number>();
  const provisionals = new Set<string>();
  // One after the other, so that the order of arrival is the cast's.
  for (const delivery of cast.deliveries) {
    const { event, provisional } = await client.post(delivery);
    if (delivery.person !== null) truth.set(event, delivery.person);
    if (provisional !== undefined) provisionals.add(provisional);
  }
  const { shown } = cast;
  return {
    url: client.url,
    webhooks: cast.deliveries.length,
    outcomes: (await client.stats()).outcomes,
    shown,
    profile: await client.profile(shown),
    journey: await client.journey(shown),
    graph: await client.graph(shown),
    score: score(await journeysOf(client, provisionals), truth),
  };
}

/** The journey of every person, as the ids of its events. Every id that was ever given out leads to its person. */
async function journeysOf(client: Client, ids: Iterable<string>): Promise<string[][]> {
  const people = new Set<string>();
  for (const id of ids) people.add((await client.profile(id)).id);
  const journeys: string[][] = [];
  for (const person of people) {
    const events = await client.journey(person);
    journeys.push(events.map(({ id }) => id));
  }
  return journeys;
}
