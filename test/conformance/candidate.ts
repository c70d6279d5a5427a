/**
 * What a conformance run asks of an engine. Everything is named by identifiers (`email:ann@example.com`) and by the
 * senders' own event ids, so that engines need agree on nothing else.
 */
import type { Delivery, Rules, Scenario } from "./format.ts";

export type Pair = readonly [string, string];

export interface Person {
  /** The engine's own id of the person, for checks that ids go on answering. */
  readonly id: string;
  readonly identifiers: readonly string[];
  readonly traits: Readonly<Record<string, unknown>>;
  readonly journey: readonly string[];
  readonly eventCount: number;
}

export interface Unfollowed {
  readonly link: Pair;
  readonly rule: string;
}

export interface Explanation {
  readonly samePerson: boolean;
  readonly path: readonly Pair[];
  readonly because: readonly Unfollowed[];
}

/** An entry of the feed; what its kind does not have is undefined. */
export interface FeedEntry {
  readonly kind: string;
  /** Identifiers, each that of the provisional profile whose id the feed names. */
  readonly into?: string | undefined;
  readonly from?: readonly string[] | undefined;
  readonly link?: Pair | undefined;
  readonly identifier?: string | undefined;
  readonly rule?: string | undefined;
  readonly event?: string | undefined;
}

export interface EventReceipt {
  readonly outcome: string;
  readonly reason?: string | undefined;
  /** What became of each identifier, where the source asks to be told. */
  readonly identifiers: Readonly<Record<string, string>>;
}

/** Groups of identifiers: people before and after. */
export interface Regrouping {
  readonly before: readonly (readonly string[])[];
  readonly after: readonly (readonly string[])[];
}

export interface WhatIf {
  readonly merges: readonly {
    readonly from: readonly (readonly string[])[];
    readonly into: readonly string[];
  }[];
  readonly splits: readonly {
    readonly from: readonly string[];
    readonly into: readonly (readonly string[])[];
  }[];
}

export interface Ruling {
  readonly kind: "join" | "split";
  readonly a: string;
  readonly b: string;
  readonly reason: string;
  readonly override?: boolean | undefined;
}

export type DecisionError = "invalid" | "unknown" | "conflict";

export type DecisionAnswer =
  | (Regrouping & { readonly id: string })
  | { readonly error: DecisionError };

export interface Engine {
  /** All of them at once: an engine may put them into as few or as many transactions as it likes. */
  deliver(deliveries: readonly Delivery[]): Promise<readonly EventReceipt[]>;
  /** With `dryRun` nothing is kept. */
  decide(ruling: Ruling, dryRun: boolean): Promise<DecisionAnswer>;
  takeBack(decision: string): Promise<Regrouping>;
  whatIf(rules: Rules): Promise<WhatIf>;
  /** Goes on over the same data with other rules. */
  applyRules(rules: Rules): Promise<void>;
  /** Erases whoever has the identifier, for good; with `dryRun` nothing is changed. */
  erase(identifier: string, suppress: boolean, dryRun: boolean): Promise<void>;
  /** Derives everything again from links, decisions and rules. */
  rebuild(): Promise<void>;
  people(): Promise<readonly Person[]>;
  /** The identifiers of whoever is known by an id of the engine's that was once given out. */
  identifiersOf(id: string): Promise<readonly string[] | undefined>;
  /** The identifier whose provisional id this is. */
  founderOf(id: string): Promise<string | undefined>;
  unfollowed(): Promise<readonly Unfollowed[]>;
  explain(a: string, b: string): Promise<Explanation>;
  /** What was added to the feed since the last call. */
  news(): Promise<readonly FeedEntry[]>;
  /** One text for everybody, equal exactly where all people are. */
  digest(): Promise<string>;
  close(): Promise<void>;
}

export interface Candidate {
  readonly name: string;
  open(configuration: Scenario["configuration"]): Promise<Engine>;
}
