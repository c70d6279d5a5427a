/**
 * An engine for conformance runs that keeps a list of events and a list of decisions and finds everything else when it
 * is asked. It proves that the scenarios agree with each other, and shows how little an engine needs to run them.
 * Reading events out of deliveries is the one thing it leaves to the service's own code.
 */
import { parseConfig } from "../../src/config/config.ts";
import { takeIn } from "../../src/intake.ts";
import type {
  Candidate,
  DecisionAnswer,
  Engine,
  EventReceipt,
  Explanation,
  FeedEntry,
  Pair,
  Person,
  Regrouping,
  Ruling,
  Unfollowed,
  WhatIf,
} from "./candidate.ts";
import type { Delivery, Rules, Scenario } from "./format.ts";
import {
  barredBy,
  fold,
  genericValues,
  type Folded,
  type NaiveDecision,
  type NaiveLink,
  type NaiveRules,
} from "./naive-fold.ts";

interface NaiveEvent {
  readonly source: string;
  readonly key: string;
  readonly at: number;
  readonly home: string;
  readonly traits: readonly { readonly name: string; readonly value: string }[];
}

type Resolvable = Extract<
  Exclude<ReturnType<typeof takeIn>, { fault: unknown }>["intents"][number],
  { kind: "resolve" }
>["event"];

type Sources = ReturnType<typeof parseConfig>["sources"];

const text = ({ namespace, value }: { namespace: string; value: string }) =>
  `${namespace}:${value}`;

const namesIn = ({ home, others }: Resolvable) =>
  home === null ? [] : [home, ...others].map(text);

const keyOf = (a: string, b: string) => JSON.stringify([a, b].toSorted());

function rulesFrom({ identity, limits }: Omit<Scenario["configuration"], "sources">): NaiveRules {
  return {
    namespaces: identity?.namespaces ?? {},
    identifiersPerProfileMax: limits?.["identifiersPerProfileMax"] ?? 1000,
    identifiersPerComponentMax: limits?.["identifiersPerComponentMax"] ?? 10_000,
  };
}

class NaiveEngine implements Engine {
  readonly #sources: Sources;
  #rules: NaiveRules;
  #limits: Rules["limits"];
  readonly #seen = new Set<string>();
  readonly #suppressed = new Set<string>();
  /** In the order in which they came. */
  #accepted: Resolvable[] = [];
  /** In the order of first receipt. */
  readonly #identifiers = new Set<string>();
  readonly #events: NaiveEvent[] = [];
  readonly #links = new Map<string, NaiveLink>();
  #decisions: NaiveDecision[] = [];
  #taken = 0;
  #told: Folded = fold([], [], [], rulesFrom({}));
  #clock = Date.UTC(2026, 0, 1);

  constructor({ sources, ...rules }: Scenario["configuration"]) {
    this.#sources = parseConfig(JSON.stringify({ sources }), "scenario", {}).sources;
    this.#limits = rules.limits;
    this.#rules = rulesFrom(rules);
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly EventReceipt[]> {
    return deliveries.flatMap((delivery) => this.#receive(delivery));
  }

  #receive({ source: name, body, text: written }: Delivery): EventReceipt[] {
    const source = this.#sources.get(name);
    if (source === undefined) throw new Error(`no source is called ${name}`);
    const intake = takeIn(
      {
        id: "",
        source,
        receivedAt: this.#clock++,
        urlEventType: undefined,
        contentType: "application/json",
        headers: new Map(),
        query: new URLSearchParams(),
        body: Buffer.from(written ?? JSON.stringify(body)),
      },
      (long) => long,
    );
    if ("fault" in intake) throw new Error(intake.fault.detail);
    return intake.intents.map((intent) => {
      if (intent.kind === "drop")
        return { outcome: "dropped", reason: intent.reason, identifiers: {} };
      const key = JSON.stringify([name, intent.event.key]);
      if (this.#seen.has(key))
        return { outcome: "duplicate", reason: "known already", identifiers: {} };
      this.#seen.add(key);
      if (intent.kind === "quarantine")
        return { outcome: "quarantined", reason: intent.event.reason, identifiers: {} };
      if (namesIn(intent.event).some((one) => this.#suppressed.has(one)))
        return { outcome: "dropped", reason: "refused since an erasure", identifiers: {} };
      const reason = intent.anonymousBecause;
      return reason === undefined
        ? this.#accept(intent.event, source.respond === "full")
        : { outcome: "anonymous", reason, identifiers: {} };
    });
  }

  #accept(event: Resolvable, isToldAll: boolean): EventReceipt {
    this.#accepted.push(event);
    const { source, key, occurredAt: at, timeGiven, traits, trust } = event;
    const home = text(event.home!);
    const known = isToldAll ? new Set(this.#identifiers) : undefined;
    const others = event.others.map(text);
    for (const one of [home, ...others]) this.#identifiers.add(one);
    this.#events.push({ source, key, at, home, traits });
    for (const other of others) {
      const before = this.#links.get(keyOf(home, other));
      const [a, b] = [home, other].toSorted() as [string, string];
      const link = {
        a,
        b,
        verified: trust === "verified" || before?.verified === true,
        at: Math.min(timeGiven ? at : Infinity, before?.at ?? Infinity),
      };
      const outside = before?.outside ?? this.#isTooMuch({ ...link, outside: false });
      this.#links.set(keyOf(home, other), { ...link, outside });
    }
    const identifiers = known === undefined ? {} : this.#outcomes(home, others, known);
    return { outcome: "accepted", identifiers };
  }

  #outcomes(home: string, others: readonly string[], known: ReadonlySet<string>) {
    const unfollowed = new Map(
      this.#fold().unfollowed.map(({ link, rule }) => [keyOf(...link), rule]),
    );
    const outcomes = [home, ...others].map((one) => {
      switch (one === home ? undefined : unfollowed.get(keyOf(home, one))) {
        case undefined:
          return [one, known.has(one) ? "known" : "created"] as const;
        case "trust":
          return [one, "pending"] as const;
        case "blocked":
        case "generic":
          return [one, "blocked"] as const;
        default:
          return [one, "refused"] as const;
      }
    });
    return Object.fromEntries(outcomes);
  }

  /** Whether the components at the two ends of a new link are too large to become one. */
  #isTooMuch(link: NaiveLink): boolean {
    const max = this.#rules.identifiersPerComponentMax;
    if (this.#identifiers.size <= max || barredBy(link, this.#rules) !== undefined) return false;
    const links = [...this.#links.values()];
    const generic = genericValues([...links, link], this.#rules);
    const counting = links.filter(
      ({ a, b, outside }) => !outside && ![a, b].some((end) => generic.has(end)),
    );
    const unlimited = { ...this.#rules, namespaces: {}, identifiersPerProfileMax: Infinity };
    const { personOf } = fold(
      this.#identifiers,
      counting.filter((known) => barredBy(known, this.#rules) === undefined),
      [],
      unlimited,
    );
    const [left, right] = [personOf.get(link.a)!, personOf.get(link.b)!];
    return left !== right && left.size + right.size > max;
  }

  #fold(rules = this.#rules, decisions = this.#decisions): Folded {
    return fold(this.#identifiers, [...this.#links.values()], decisions, rules);
  }

  async decide(ruling: Ruling, dryRun: boolean): Promise<DecisionAnswer> {
    const { kind, a, b, override = false } = ruling;
    if (![a, b].every((end) => this.#identifiers.has(end))) return { error: "unknown" };
    if (a === b) return { error: "invalid" };
    const before = this.#fold();
    const [left, right] = [before.personOf.get(a)!, before.personOf.get(b)!];
    const contrary = this.#decisions.some((standing) =>
      kind === "split"
        ? standing.kind === "join" && keyOf(standing.a, standing.b) === keyOf(a, b)
        : standing.kind === "split" &&
          ((left.has(standing.a) && right.has(standing.b)) ||
            (left.has(standing.b) && right.has(standing.a))),
    );
    if (contrary) return { error: "conflict" };
    const decision = { id: `dc_${++this.#taken}`, kind, a, b, override };
    const decisions = [...this.#decisions, decision];
    const answer = { id: decision.id, ...regrouping(before, this.#fold(this.#rules, decisions)) };
    if (!dryRun) this.#decisions = decisions;
    return answer;
  }

  async takeBack(decision: string): Promise<Regrouping> {
    const before = this.#fold();
    this.#decisions = this.#decisions.filter(({ id }) => id !== decision);
    return regrouping(before, this.#fold());
  }

  async whatIf(rules: Rules): Promise<WhatIf> {
    const before = this.#fold();
    const after = this.#fold(rulesFrom({ limits: this.#limits, ...rules }));
    return {
      merges: [...after.people]
        .map((into) => ({ from: groupsOf(into, before), into: [...into] }))
        .filter(({ from }) => from.length > 1),
      splits: [...before.people]
        .map((from) => ({ from: [...from], into: groupsOf(from, after) }))
        .filter(({ into }) => into.length > 1),
    };
  }

  async applyRules(rules: Rules): Promise<void> {
    this.#limits = rules.limits ?? this.#limits;
    this.#rules = rulesFrom({ ...rules, limits: this.#limits });
  }

  /** What is left is played again from nothing; what was seen stays seen. */
  async erase(identifier: string, suppress: boolean, dryRun: boolean): Promise<void> {
    const gone = this.#fold().personOf.get(identifier)!;
    if (dryRun) return;
    if (suppress) for (const one of gone) this.#suppressed.add(one);
    const left = this.#accepted.filter((event) => !namesIn(event).some((one) => gone.has(one)));
    this.#accepted = [];
    this.#events.length = 0;
    this.#identifiers.clear();
    this.#links.clear();
    for (const event of left) this.#accept(event, false);
    this.#decisions = this.#decisions.filter(({ a, b }) =>
      [a, b].every((end) => this.#identifiers.has(end)),
    );
    this.#told = this.#fold();
  }

  async rebuild(): Promise<void> {
    // Nothing is derived before it is asked for.
  }

  async people(): Promise<readonly Person[]> {
    return [...this.#fold().people].map((members) => {
      const events = this.#events.filter(({ home }) => members.has(home)).toSorted(byTime);
      const traits = events.flatMap((event) => event.traits);
      return {
        id: this.#founder(members),
        identifiers: [...members],
        traits: Object.fromEntries(
          traits.map(({ name, value }) => [name, JSON.parse(value) as unknown]),
        ),
        journey: events.map(({ key }) => key),
        eventCount: events.length,
      };
    });
  }

  #founder(members: ReadonlySet<string>): string {
    for (const one of this.#identifiers) if (members.has(one)) return one;
    throw new Error("a person without identifiers");
  }

  async identifiersOf(id: string): Promise<readonly string[] | undefined> {
    const members = this.#fold().personOf.get(id);
    return members === undefined ? undefined : [...members];
  }

  async founderOf(id: string): Promise<string | undefined> {
    return this.#identifiers.has(id) ? id : undefined;
  }

  async unfollowed(): Promise<readonly Unfollowed[]> {
    return this.#fold().unfollowed;
  }

  async explain(a: string, b: string): Promise<Explanation> {
    const { personOf, followed, unfollowed } = this.#fold();
    const [left, right] = [personOf.get(a)!, personOf.get(b)!];
    if (left === right) return { samePerson: true, path: pathBetween(a, b, followed), because: [] };
    const because = unfollowed.filter(
      ({ link: [x, y] }) => (left.has(x) && right.has(y)) || (left.has(y) && right.has(x)),
    );
    return { samePerson: false, path: [], because };
  }

  async news(): Promise<readonly FeedEntry[]> {
    const [before, after] = [this.#told, this.#fold()];
    this.#told = after;
    const event = this.#events.at(-1)?.key;
    const entries: FeedEntry[] = [];
    for (const into of after.people) {
      const id = this.#founder(into);
      const from = groupsOf(into, before).filter((group) => group.every((one) => into.has(one)));
      const others = from.map((group) => this.#founder(new Set(group))).filter((one) => one !== id);
      if (groupsOf(into, before).length > 1 && others.length > 0)
        entries.push({ kind: "merge", into: id, from: others, event });
    }
    for (const whole of before.people) {
      const from = this.#founder(whole);
      const parts = groupsOf(whole, after);
      if (parts.length < 2) continue;
      for (const part of parts) {
        const into = this.#founder(new Set(part));
        if (into !== from) entries.push({ kind: "split", into, from: [from], event });
      }
    }
    const old = new Set(before.unfollowed.map((one) => JSON.stringify(one)));
    for (const { link, rule } of after.unfollowed) {
      if (old.has(JSON.stringify({ link, rule })) || rule === "blocked" || rule === "generic")
        continue;
      entries.push({ kind: rule === "trust" ? "pending" : "refusal", link, rule, event });
    }
    for (const identifier of after.generic)
      if (!before.generic.has(identifier)) entries.push({ kind: "generic", identifier, event });
    return entries;
  }

  async digest(): Promise<string> {
    const people = (await this.people()).map(({ identifiers, traits, journey }) =>
      JSON.stringify([
        identifiers.toSorted(),
        Object.entries(traits).toSorted(([left], [right]) => (left < right ? -1 : 1)),
        journey.toSorted(),
      ]),
    );
    return people.toSorted().join("\n");
  }

  async close(): Promise<void> {}
}

function byTime(left: NaiveEvent, right: NaiveEvent): number {
  const texts = ({ source, key }: NaiveEvent) => [source, key] as const;
  if (left.at !== right.at) return left.at - right.at;
  const [a, b] = [texts(left), texts(right)];
  const place = a[0] === b[0] ? 1 : 0;
  return a[place] < b[place] ? -1 : 1;
}

/** The groups of a fold that hold any of the identifiers, whole. */
function groupsOf(identifiers: Iterable<string>, { personOf }: Folded): string[][] {
  const groups = new Set([...identifiers].map((one) => personOf.get(one)));
  return [...groups].filter((group) => group !== undefined).map((group) => [...group]);
}

function regrouping(before: Folded, after: Folded): Regrouping {
  const texts = ({ people }: Folded) => new Set([...people].map((group) => sorted(group)));
  const [old, fresh] = [texts(before), texts(after)];
  return {
    before: [...before.people]
      .filter((group) => !fresh.has(sorted(group)))
      .map((group) => [...group]),
    after: [...after.people].filter((group) => !old.has(sorted(group))).map((group) => [...group]),
  };
}

function sorted(group: Iterable<string>): string {
  return JSON.stringify([...group].toSorted());
}

/** The shortest way, breadth first. */
function pathBetween(a: string, b: string, followed: readonly Pair[]): Pair[] {
  const ways = new Map<string, Pair[]>([[a, []]]);
  for (const [here, way] of ways) {
    for (const link of followed) {
      const next = link[0] === here ? link[1] : link[1] === here ? link[0] : undefined;
      if (next !== undefined && !ways.has(next)) ways.set(next, [...way, link]);
    }
  }
  return ways.get(b)!;
}

export const naiveEngine: Candidate = {
  name: "the naive engine",
  open: async (configuration) => new NaiveEngine(configuration),
};
