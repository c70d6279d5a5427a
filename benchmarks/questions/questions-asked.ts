/**
 * The questions of the benchmark, each asked in two ways: of the service, and of the truth by an evaluation in memory that
 * shares nothing with it. Both ways end in the same plain data.
 */
import type { Cast, SimulatedPerson } from "../../test/support/simulator/cast.ts";
import { findAll, type Asking, type FoundProfile } from "./asking.ts";
import { naiveFunnel, type FunnelStep } from "./naive-funnel.ts";
import { naiveTimeline, type Day } from "./naive-timeline.ts";
import { naiveAttribution, naiveTransitions, type Credits, type Transition } from "./naive-ways.ts";
import type { TrueEvent, Truth } from "./truth.ts";

/** What is known of those who are asked about. */
export interface Known {
  readonly cast: Cast;
  readonly truth: Truth;
}

interface AskedInTwoWays {
  readonly name: string;
  readonly ask: (asking: Asking, known: Known) => Promise<unknown>;
  readonly evaluate: (truth: Truth) => unknown;
}

const DAY = 86_400_000;
const isOf = (type: string, source?: string) => (event: TrueEvent) =>
  event.type === type && (source === undefined || event.source === source);
const cityOf = ({ body }: TrueEvent) =>
  (body["shipping_address"] as { readonly city: string } | undefined)?.city;

export const QUESTIONS: readonly AskedInTwoWays[] = [
  {
    name: "funnel",
    ask: async (asking) => {
      const steps = [
        { type: "message", source: "slack" },
        { type: "form.submitted" },
        { type: "orders/create" },
      ];
      const answer = await asking.post("/v1/funnel", { steps, within: "30d" });
      return withoutTypes((answer as { readonly steps: readonly FunnelStepView[] }).steps);
    },
    evaluate: (truth) =>
      naiveFunnel(
        truth,
        [isOf("message", "slack"), isOf("form.submitted"), isOf("orders/create")],
        30 * DAY,
      ),
  },
  {
    name: "funnel by payload",
    ask: async (asking) => {
      const steps = [
        { type: "orders/create", where: { "line_items[0].quantity": { gte: 3 } } },
        { type: "checkout.session.completed", where: { "data.object.object": "checkout.session" } },
      ];
      const answer = await asking.post("/v1/funnel", { steps, within: "52w" });
      return withoutTypes((answer as { readonly steps: readonly FunnelStepView[] }).steps);
    },
    evaluate: (truth) =>
      naiveFunnel(
        truth,
        [
          (event) =>
            event.type === "orders/create" &&
            (event.body["line_items"] as readonly { readonly quantity: number }[])[0]!.quantity >=
              3,
          isOf("checkout.session.completed"),
        ],
        52 * 7 * DAY,
      ),
  },
  {
    name: "paths",
    ask: async (asking) => {
      const answer = await asking.post("/v1/paths", {
        start: { type: "form.submitted" },
        depth: 3,
        limit: 1000,
      });
      const { transitions } = answer as { readonly transitions: readonly Transition[] };
      return inOrder(
        transitions.map(({ depth, from, to, people, medianMs }) => ({
          depth,
          from,
          to,
          people,
          medianMs,
        })),
      );
    },
    evaluate: (truth) => inOrder(naiveTransitions(truth, isOf("form.submitted"), 3)),
  },
  {
    name: "attribution",
    ask: async (asking) => {
      const answer = await asking.post("/v1/attribution", {
        conversion: { type: "orders/create" },
        within: "30d",
      });
      return roundedCredits(answer as Credits);
    },
    evaluate: (truth) => roundedCredits(naiveAttribution(truth, isOf("orders/create"), 30 * DAY)),
  },
  {
    name: "timeline",
    ask: async (asking) => {
      const answer = await asking.get("/v1/timeline?limit=1000");
      return (answer as { readonly timeline: readonly Day[] }).timeline.map(sortedDay);
    },
    evaluate: (truth) => naiveTimeline(truth).map(sortedDay),
  },
  {
    name: "search by events",
    ask: async (asking, { cast }) => {
      const filter = {
        and: [
          { event: { type: "message", source: "slack", atLeast: 2 } },
          { event: { type: "orders/create", from: "2026-03-01" } },
          { not: { event: { source: "github" } } },
        ],
      };
      return personsOf(await findAll(asking, filter), cast);
    },
    evaluate: (truth) =>
      numbersWhere(
        truth,
        (events) =>
          events.filter(isOf("message", "slack")).length >= 2 &&
          events.some(
            (event) => event.type === "orders/create" && event.at >= Date.UTC(2026, 2, 1),
          ) &&
          !events.some(({ source }) => source === "github"),
      ),
  },
  {
    name: "search by trait",
    ask: async (asking, { cast, truth }) => {
      const cities = citiesAskedFor(truth);
      const or = cities.map((city) => ({
        attribute: { field: "city", operator: "eq", value: city },
      }));
      return personsOf(await findAll(asking, { or }), cast);
    },
    evaluate: (truth) => {
      const cities = new Set(citiesAskedFor(truth));
      return numbersWhere(truth, (events) =>
        cities.has(events.map(cityOf).findLast((city) => city !== undefined) ?? ""),
      );
    },
  },
];

const CITIES = 20;

/** Where the first buyers of the cast live. */
function citiesAskedFor(truth: Truth): string[] {
  const cities = truth.flatMap((events) => events.flatMap((event) => cityOf(event) ?? []));
  return [...new Set(cities)].slice(0, CITIES);
}

type FunnelStepView = FunnelStep & { readonly type: string };

function withoutTypes(steps: readonly FunnelStepView[]): FunnelStep[] {
  return steps.map(({ people, conversion, medianMs, p90Ms }) => ({
    people,
    conversion,
    medianMs,
    p90Ms,
  }));
}

function inOrder(transitions: readonly Transition[]): Transition[] {
  const keyOf = ({ depth, from, to }: Transition) => JSON.stringify([depth, from, to]);
  return transitions.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
}

function roundedCredits({ conversions, unattributed, touches }: Credits): unknown {
  return {
    conversions,
    unattributed,
    touches: touches
      .map(({ value, first, last, linear }) => ({ value, first, last, linear: linear.toFixed(3) }))
      .toSorted((left, right) => (left.value < right.value ? -1 : 1)),
  };
}

function sortedDay({ from, events, people, by }: Day): Day {
  const keyOf = (one: Day["by"][number]) => JSON.stringify([one.source, one.type]);
  return {
    from,
    events,
    people,
    by: by
      .map(({ source, type, events: count, people: who }) => ({
        source,
        type,
        events: count,
        people: who,
      }))
      .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)),
  };
}

/** Which of the cast were found, each once; throws where somebody was found twice or is nobody's. */
function personsOf(found: readonly FoundProfile[], { people }: Cast): number[] {
  const holders = new Map(
    people.flatMap((person) => identifiersOf(person).map((text) => [text, person.number] as const)),
  );
  const persons = found.map(({ identifiers }) => {
    const known = identifiers.find(({ identifier }) => holders.has(identifier));
    if (known === undefined) throw new Error(`nobody has ${JSON.stringify(identifiers)}`);
    return holders.get(known.identifier)!;
  });
  if (new Set(persons).size < persons.length) throw new Error("somebody was found twice");
  return persons.toSorted((left, right) => left - right);
}

function identifiersOf({
  emails,
  slack,
  stripeCustomer,
  shopifyCustomer,
  github,
}: SimulatedPerson) {
  return [
    ...emails.map((email) => `email:${email}`),
    ...(slack === undefined ? [] : [`slack:${slack.team}/${slack.user}`]),
    ...(stripeCustomer === undefined ? [] : [`stripe:${stripeCustomer}`]),
    ...(shopifyCustomer === undefined ? [] : [`shopify:${shopifyCustomer}`]),
    ...(github === undefined ? [] : [`github:${github.id}`]),
  ];
}

function numbersWhere(truth: Truth, holds: (events: readonly TrueEvent[]) => boolean): number[] {
  return truth.flatMap((events, number) => (holds(events) ? [number] : []));
}
