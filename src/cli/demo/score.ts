/**
 * How well journeys match the true people: pairwise precision and recall over events. A pair is two events; it is put
 * together rightly where both are one person's. Counted from how many events of each person every journey holds, never
 * pair by pair, so that ten thousand events cost ten thousand steps.
 */

export interface Score {
  /** Of all pairs that stand in one journey, how many are one person's: 1 where nobody was mistaken for another. */
  readonly precision: number;
  /** Of all pairs that are one person's, how many stand in one journey: 1 where nobody was torn apart. */
  readonly recall: number;
  /** How many journeys hold any event. */
  readonly peopleFound: number;
  readonly truePeople: number;
}

/**
 * `journeys` name their events as `truth` does, and no event stands in two. An event that the truth cannot assign
 * counts for nothing; one that stands in no journey is apart from all others. No pairs at all are no mistakes: 1.
 */
export function score(
  journeys: Iterable<Iterable<string>>,
  truth: ReadonlyMap<string, number>,
): Score {
  let peopleFound = 0;
  let together = 0;
  let rightlyTogether = 0;
  for (const journey of journeys) {
    const events = [...journey];
    if (events.length > 0) peopleFound++;
    const persons = countEach(events.map((event) => truth.get(event)));
    persons.delete(undefined);
    together += pairs(sum(persons.values()));
    rightlyTogether += sumOfPairs(persons.values());
  }
  const truePersons = countEach(truth.values());
  return {
    precision: share(rightlyTogether, together),
    recall: share(rightlyTogether, sumOfPairs(truePersons.values())),
    peopleFound,
    truePeople: truePersons.size,
  };
}

function countEach<Item>(items: Iterable<Item>): Map<Item, number> {
  const counts = new Map<Item, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

/** How many pairs so many events make. */
function pairs(events: number): number {
  return (events * (events - 1)) / 2;
}

function sumOfPairs(counts: Iterable<number>): number {
  return sum([...counts].map(pairs));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}
