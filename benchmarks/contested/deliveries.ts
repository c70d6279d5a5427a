/**
 * A component that no profile may hold whole: people with one account and nine browsers, of whom each has once used the
 * last browser of the one before. Beside it people whom nobody shares anything with.
 */
import type { Size } from "../benchmark.ts";
import type { Posted } from "../in-process.ts";
import { Random } from "../random.ts";

interface Scale {
  /** Identifiers of the component before the clock starts. */
  readonly identifiers: number;
  /** Events that warm up, and events that are measured; each brings a new identifier and a new link. */
  readonly warmUp: number;
  readonly measured: number;
}

/** Always more than one profile may hold by default, and never more than a component may, with all that is added. */
export const SCALES: Readonly<Record<Size, Scale>> = {
  full: { identifiers: 9800, warmUp: 50, measured: 100 },
  quick: { identifiers: 9800, warmUp: 20, measured: 40 },
  tiny: { identifiers: 1200, warmUp: 2, measured: 5 },
};

export type WorkloadName = "profile-limit" | "account-limit";

export const WORKLOADS: Readonly<Record<WorkloadName, string>> = {
  "profile-limit": "people joined by shared browsers, too many for one profile (the default limit)",
  "account-limit": "the same people, of whom each profile may hold one account only",
};

const SOURCE = "shop";

const SOURCES = `
sources:
  ${SOURCE}:
    replaceProfileId: user
    idSpace: user_id
    eventType: type
    eventId: id
    occurredAt: at
    identifiers: { visitor: visitor }
`;

export const CONFIGURATIONS: Readonly<Record<WorkloadName, string>> = {
  "profile-limit": SOURCES,
  "account-limit": `${SOURCES}
identity:
  namespaces:
    user_id: { limit: 1, priority: 1 }
`,
};

const IDENTIFIERS_PER_PERSON = 10;
const BROWSERS = IDENTIFIERS_PER_PERSON - 1;
const START_SECONDS = Date.UTC(2026, 0, 1) / 1000;

/** In the component, or alone with the same number of identifiers. */
type Kind = "crowd" | "clean";

export interface Deliveries {
  readonly people: number;
  readonly known: readonly Posted[];
  readonly warmUp: readonly Posted[];
  readonly measured: readonly Posted[];
  /** The identifiers that the measured ones bring, as references. */
  readonly added: readonly string[];
}

/** `measured` are events of people of the kind asked for; all else is the same for both. */
export function drawDeliveries(kind: Kind, size: Size, seed: number): Deliveries {
  const { identifiers, warmUp, measured } = SCALES[size];
  const people = identifiers / IDENTIFIERS_PER_PERSON;
  const random = new Random(seed);
  const known = shuffled(random, [...pairsOf("crowd", people), ...pairsOf("clean", people)]);
  const named = Array.from({ length: warmUp + measured }, (_, index): Pair => {
    const person = random.below(people);
    return [userOf(kind, person), `new-${index}`];
  });
  const posted = [...known, ...named].map(delivery);
  const start = known.length + warmUp;
  return {
    people,
    known: posted.slice(0, known.length),
    warmUp: posted.slice(known.length, start),
    measured: posted.slice(start),
    added: named.slice(warmUp).map(([, visitor]) => `visitor:${visitor}`),
  };
}

type Pair = readonly [user: string, visitor: string];

export function userOf(kind: Kind, person: number): string {
  return `${kind}-${person}`;
}

function pairsOf(kind: Kind, people: number): Pair[] {
  return Array.from({ length: people }, (_, person) => person).flatMap((person) => {
    const user = userOf(kind, person);
    const own = Array.from({ length: BROWSERS }, (_, browser): Pair => {
      return [user, visitorOf(kind, person, browser)];
    });
    return kind === "crowd" && person > 0
      ? [...own, [user, visitorOf(kind, person - 1, BROWSERS - 1)] as const]
      : own;
  });
}

function visitorOf(kind: Kind, person: number, browser: number): string {
  return `${kind}-${person}-${browser}`;
}

function delivery([user, visitor]: Pair, index: number): Posted {
  const at = START_SECONDS + index;
  const body = JSON.stringify({ id: `evt-${index}`, type: "page_viewed", at, user, visitor });
  return { source: SOURCE, body };
}

function shuffled(random: Random, pairs: Pair[]): Pair[] {
  for (let last = pairs.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [pairs[last], pairs[other]] = [pairs[other]!, pairs[last]!];
  }
  return pairs;
}
