/** Events reduced to the identifiers they name, as texts: what the merging of people works on. */
import { Random } from "../random.ts";

/** One to three identifiers each, such as `email:ann@example.com`; the first is the event's home. */
export type NamedIdentifiers = readonly (readonly string[])[];

export type WorkloadName = "people" | "crowd";

export const WORKLOADS: Readonly<Record<WorkloadName, string>> = {
  people: "five events a person, who has five identifiers; one event in a hundred joins two people",
  crowd: "identifiers of anybody stand side by side, until most of them are one component",
};

export function drawEvents(workload: WorkloadName, count: number, seed: number): NamedIdentifiers {
  const random = new Random(seed);
  const draw = workload === "people" ? drawPeople : drawCrowd;
  const events = Array.from({ length: count }, () => draw(random, count));
  // Events come as bytes: no two of them share the string of an identifier, and no string is a rope of its parts.
  return JSON.parse(JSON.stringify(events)) as NamedIdentifiers;
}

const EVENTS_PER_PERSON = 5;
const NAMESPACES = ["chat", "email", "phone", "shop", "visitor"] as const;
const SHARE_OF_BRIDGES = 0.01;

function drawPeople(random: Random, count: number): string[] {
  const people = Math.ceil(count / EVENTS_PER_PERSON);
  const person = random.below(people);
  const named = drawNamespaces(random).map((namespace) => identifierOf(namespace, person));
  if (named.length > 1 && random.chance(SHARE_OF_BRIDGES))
    named[1] = identifierOf("visitor", random.below(people));
  return [...new Set(named)];
}

/** Half of all events name one identifier, three in ten two, the others three. */
function drawLength(random: Random): number {
  const fraction = random.fraction();
  if (fraction < 0.5) return 1;
  return fraction < 0.8 ? 2 : 3;
}

function drawNamespaces(random: Random): string[] {
  const left: string[] = [...NAMESPACES];
  return Array.from(
    { length: drawLength(random) },
    () => left.splice(random.below(left.length), 1)[0]!,
  );
}

function identifierOf(namespace: string, person: number): string {
  return namespace === "email"
    ? `email:person.${person}@example.com`
    : `${namespace}:${(person * 7919).toString(36).padStart(8, "0")}`;
}

function drawCrowd(random: Random, count: number): string[] {
  const named = Array.from({ length: drawLength(random) }, () =>
    identifierOf(NAMESPACES[random.below(NAMESPACES.length)]!, random.below(count / 5)),
  );
  return [...new Set(named)];
}
