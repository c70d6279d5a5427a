/**
 * The service as a candidate, in process and over one kind of store. All contact of the conformance suite with the
 * service is here.
 */
import { identifierText } from "../../src/identity/identifier.ts";
import type { Identifier, ProfileId } from "../../src/identity/types.ts";
import type { ChangeRecord, PersonRecord } from "../../src/store/store.ts";
import type { CompiledRules } from "../../src/config/rules-config.ts";
import type { DecisionOutcome } from "../../src/decisions.ts";
import {
  openTestService,
  receivedEvents,
  settingsFrom,
  type TestService,
} from "../support/service.ts";
import type { StoreKind, TestStore } from "../support/stores.ts";
import type {
  Candidate,
  DecisionAnswer,
  DecisionError,
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

const JOURNEY_MAX = 1000;
const PAGE = 1000;
const ALL_LINKS = 100_000;

const groups = (profiles: readonly { readonly identifiers: readonly string[] }[]) =>
  profiles.map(({ identifiers }) => identifiers);

function decisionAnswer(outcome: DecisionOutcome): DecisionAnswer {
  if (outcome.kind === "rejected") return { error: errorOf(outcome.code) };
  const { decision, before, after } = outcome.effect;
  // Of a dry run there is nothing to be named later.
  return { id: decision.id ?? "", before: groups(before), after: groups(after) };
}

type RejectionCode = Extract<DecisionOutcome, { kind: "rejected" }>["code"];

function errorOf(code: RejectionCode): DecisionError {
  switch (code) {
    case "bad-decision":
      return "invalid";
    case "unknown-reference":
    case "unknown-decision":
      return "unknown";
    case "contradiction":
      return "conflict";
  }
}

class ServiceEngine implements Engine {
  readonly #store: TestStore;
  #configuration: Scenario["configuration"];
  #service: TestService;
  #sequence = 0;

  constructor(configuration: Scenario["configuration"], store: TestStore, service: TestService) {
    this.#configuration = configuration;
    this.#store = store;
    this.#service = service;
  }

  async deliver(deliveries: readonly Delivery[]): Promise<readonly EventReceipt[]> {
    const receipts = await Promise.all(
      deliveries.map(({ source, body, text }) =>
        this.#service.engine.receive({
          source,
          contentType: "application/json",
          headers: new Map(),
          query: new URLSearchParams(),
          body: Buffer.from(text ?? JSON.stringify(body)),
        }),
      ),
    );
    return receipts.flatMap(receivedEvents).map(({ outcome, reason, identifiers = [] }) => ({
      outcome,
      reason,
      identifiers: Object.fromEntries(
        identifiers.map((one) => [one.identifier, one.outcome] as const),
      ),
    }));
  }

  async decide(ruling: Ruling, dryRun: boolean): Promise<DecisionAnswer> {
    return decisionAnswer(await this.#service.decisions.decide({ ...ruling, dryRun }));
  }

  async takeBack(decision: string): Promise<Regrouping> {
    const answer = decisionAnswer(await this.#service.decisions.takeBack(decision, false));
    if ("error" in answer) throw new Error(`${decision} is not to be taken back: ${answer.error}`);
    return answer;
  }

  async whatIf(rules: Rules): Promise<WhatIf> {
    const { merges, splits } = await this.#service.rulebook.whatIf(this.#rules(rules));
    return {
      merges: merges.map(({ from, into }) => ({ from: groups(from), into: into.identifiers })),
      splits: splits.map(({ from, into }) => ({ from: from.identifiers, into: groups(into) })),
    };
  }

  async applyRules(rules: Rules): Promise<void> {
    await this.#service.engine.close();
    this.#configuration = { ...this.#configuration, ...rules };
    // The store stays open: memory has no other way to live on.
    this.#service = await openTestService(JSON.stringify(this.#configuration), this.#store.store, {
      applyRules: true,
    });
  }

  #rules(changes: Rules): Pick<CompiledRules, "rules" | "text"> {
    const configuration = JSON.stringify({ ...this.#configuration, ...changes });
    const { rules, rulesText: text } = settingsFrom(configuration);
    return { rules, text };
  }

  async erase(identifier: string, suppress: boolean, dryRun: boolean): Promise<void> {
    const request = { person: identifier, suppress, dryRun, by: undefined };
    const receipt = await this.#service.erasures.erase(request);
    if (receipt === undefined) throw new Error(`nobody is known by ${identifier}`);
  }

  async rebuild(): Promise<void> {
    await this.#service.rulebook.rebuild({ check: false });
  }

  async people(): Promise<readonly Person[]> {
    const records: PersonRecord[] = [];
    for await (const record of this.#service.store.people()) records.push(record);
    return Promise.all(records.map((record) => this.#person(record)));
  }

  async #person({ id, members }: PersonRecord): Promise<Person> {
    const profile = await this.#service.queries.profile(id);
    const journey = await this.#service.queries.journey(id, { order: "asc", limit: JOURNEY_MAX });
    if (profile === undefined || journey === undefined) throw new Error(`${id} does not answer`);
    return {
      id,
      identifiers: members.map(identifierText),
      traits: Object.fromEntries(
        profile.traits.map(({ name, value }) => [name, JSON.parse(value) as unknown]),
      ),
      journey: journey.events.map(({ key }) => key),
      eventCount: profile.eventCount,
    };
  }

  async identifiersOf(id: string): Promise<readonly string[] | undefined> {
    const profile = await this.#service.queries.profile(id);
    return profile?.identifiers.map(({ identifier }) => identifier);
  }

  async founderOf(id: string): Promise<string | undefined> {
    const identifier = await this.#service.store.identifier(id);
    return identifier && identifierText(identifier);
  }

  async unfollowed(): Promise<readonly Unfollowed[]> {
    const { store } = this.#service;
    const found: Unfollowed[] = [];
    const note = (a: Identifier, b: Identifier, rule: string | undefined) => {
      if (rule !== undefined) found.push({ link: [identifierText(a), identifierText(b)], rule });
    };
    for await (const { id } of store.people())
      for (const { a, b, objection } of await store.unfollowedLinks(id, ALL_LINKS))
        note(a.identifier, b.identifier, objection?.rule);
    for (const { a, b, objection } of await store.decisions({ limit: PAGE, takenBack: false }))
      note(a.identifier, b.identifier, objection?.rule);
    return found;
  }

  async explain(a: string, b: string): Promise<Explanation> {
    const explanation = await this.#service.queries.explain(a, b);
    if (explanation === undefined) throw new Error(`${a} or ${b} is not known`);
    if (explanation.samePerson) {
      const path = explanation.path.map((link): Pair => [link.a, link.b]);
      return { samePerson: true, path, because: [] };
    }
    const because = explanation.because.map(({ rule = "", ...link }) => ({
      link: [link.a, link.b] as const,
      rule,
    }));
    return { samePerson: false, path: [], because };
  }

  async news(): Promise<readonly FeedEntry[]> {
    const records: ChangeRecord[] = [];
    for (;;) {
      const page = await this.#service.store.changes(this.#sequence, PAGE);
      records.push(...page);
      this.#sequence = page.at(-1)?.sequence ?? this.#sequence;
      if (page.length < PAGE) break;
    }
    if (records.length === 0) return [];
    const keys = await this.#eventKeys();
    return Promise.all(records.map((record) => this.#entry(record, keys)));
  }

  async #entry(record: ChangeRecord, keys: ReadonlyMap<string, string>): Promise<FeedEntry> {
    const { kind, into, from, cause } = record;
    const link =
      "a" in record
        ? ([await this.#name(record.a), await this.#name(record.b)] as const)
        : undefined;
    return {
      kind,
      into: into === null ? "" : await this.#name(into),
      from: await Promise.all(from.map((id) => this.#name(id))),
      link,
      identifier: "identifier" in record ? await this.#name(record.identifier) : undefined,
      rule: "rule" in record ? record.rule : undefined,
      event: "event" in cause ? keys.get(cause.event) : undefined,
    };
  }

  async #name(id: ProfileId): Promise<string> {
    return (await this.founderOf(id)) ?? id;
  }

  async #eventKeys(): Promise<ReadonlyMap<string, string>> {
    const keys = new Map<string, string>();
    for await (const { events } of this.#service.store.people())
      for await (const { id, key } of events) keys.set(id, key);
    return keys;
  }

  digest(): Promise<string> {
    return this.#service.digest();
  }

  async close(): Promise<void> {
    await this.#service.engine.close();
    await this.#store.dispose();
  }
}

export function serviceOver(kind: StoreKind): Candidate {
  return {
    name: kind.name,
    async open(configuration) {
      const store = kind.open();
      const service = await openTestService(JSON.stringify(configuration), store.store);
      return new ServiceEngine(configuration, store, service);
    },
  };
}
