/**
 * Persons of a cast who stand in several profiles, and what the service says of each: a pair of events that is one
 * person's and stands apart is a miss, and for every miss a rule has to answer.
 */
import type { PersonRecord } from "../../../src/store/store.ts";
import { eventName } from "./cast.ts";

/** The part of a person that one profile holds. */
interface Piece {
  /** The provisional profile of one of its events. */
  readonly id: string;
  readonly events: number;
}

export interface Miss {
  readonly person: number;
  /** Provisional profiles: of the person's largest piece, and of the one that stands apart from it. */
  readonly main: string;
  readonly apart: string;
  /** Pairs of an event of this piece and one of a larger piece, so that each missed pair counts once. */
  readonly pairs: number;
}

interface Explanation {
  readonly samePerson: boolean;
  readonly because?: readonly UnfollowedLink[] | undefined;
}

/** Its ends are texts of identifiers. */
interface UnfollowedLink {
  readonly a: string;
  readonly b: string;
  readonly rule?: string | undefined;
}

interface RuledLink extends UnfollowedLink {
  readonly rule: string;
}

export interface ExplainedMiss extends Miss {
  /** Links between the two pieces that a rule did not let the service follow; none where the miss is not explained. */
  readonly because: readonly RuledLink[];
}

export type Explain = (a: string, b: string) => Promise<Explanation | undefined>;

/** `truth` names events as `truthOf` does. */
export async function missesOf(
  people: AsyncIterable<PersonRecord>,
  truth: ReadonlyMap<string, number>,
): Promise<Miss[]> {
  const pieces = await piecesByPerson(people, truth);
  return [...pieces].flatMap(([person, ofPerson]) => {
    const [main, ...lesser] = ofPerson.toSorted((left, right) => right.events - left.events);
    let larger = main!.events;
    return lesser.map(({ id, events }) => {
      const pairs = events * larger;
      larger += events;
      return { person, main: main!.id, apart: id, pairs };
    });
  });
}

async function piecesByPerson(
  people: AsyncIterable<PersonRecord>,
  truth: ReadonlyMap<string, number>,
): Promise<Map<number, Piece[]>> {
  const pieces = new Map<number, Piece[]>();
  for await (const profile of people) {
    const here = new Map<number, Piece>();
    for await (const { source, key, provisional } of profile.events) {
      const person = truth.get(eventName({ source, event: key }));
      if (person === undefined) continue;
      const known = here.get(person);
      here.set(person, { id: known?.id ?? provisional, events: (known?.events ?? 0) + 1 });
    }
    for (const [person, piece] of here) pieces.set(person, [...(pieces.get(person) ?? []), piece]);
  }
  return pieces;
}

export async function explainMisses(
  misses: readonly Miss[],
  explain: Explain,
): Promise<ExplainedMiss[]> {
  const explained: ExplainedMiss[] = [];
  for (const miss of misses) {
    const explanation = await explain(miss.main, miss.apart);
    const because = explanation?.samePerson === false ? (explanation.because ?? []) : [];
    explained.push({
      ...miss,
      because: because.filter((link): link is RuledLink => link.rule !== undefined),
    });
  }
  return explained;
}

/** How many pairs are missed by each rule, or by several, named in one text; `unexplained` where none answers. */
export function pairsByRule(misses: readonly ExplainedMiss[]): Record<string, number> {
  const pairs: Record<string, number> = {};
  for (const miss of misses) {
    const rules = [...new Set(miss.because.map(({ rule }) => rule))].toSorted();
    const name = rules.length === 0 ? "unexplained" : rules.join(" and ");
    pairs[name] = (pairs[name] ?? 0) + miss.pairs;
  }
  return pairs;
}
