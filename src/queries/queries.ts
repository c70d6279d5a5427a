/**
 * Queries: what analysts ask, by any id that was ever given out or any identifier. Knows the shapes of answers; knows
 * nothing of HTTP.
 */
import { changeView, IdentifierTexts, type ChangeView } from "./change-view.ts";
import type { Settings } from "../config/config.ts";
import { writtenRules, type WrittenRules } from "../config/rules-text.ts";
import { digestOf, type Digest } from "./digest.ts";
import { explain, type Explanation } from "./explain.ts";
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import type { Rules } from "../identity/rules.ts";
import type { ProfileId } from "../identity/types.ts";
import { joinView, linkView, type LinkView } from "./link-view.ts";
import { People, type JourneyQuery, type JourneyView, type ProfileView } from "./people.ts";
import type { References } from "./references.ts";
import type { DecisionRecord, ProfileRecord, Store, Tally, Totals } from "../store/store.ts";
import { Tallies } from "../tallies.ts";

export interface QueryOptions {
  readonly store: Store;
  readonly references: References;
  readonly rules: Rules;
  readonly limits: Pick<Settings["limits"], "pageBytesMax">;
  readonly pendingTallies: () => readonly Tally[];
}

export interface GraphView {
  readonly profile: ProfileId;
  readonly nodes: readonly { readonly identifier: string; readonly profile: ProfileId }[];
  readonly links: readonly LinkView[];
  /** Whether there are more links than are told. */
  readonly more: boolean;
}

/** A mailbox that thousands share would make an answer nobody reads. */
const GRAPH_LINKS_MAX = 1000;

export interface StatsView {
  readonly received: { readonly deliveries: number; readonly events: number };
  readonly outcomes: readonly (Omit<Tally, "source"> & { readonly source: string | null })[];
  readonly profiles: number;
  readonly components: number;
  /** Components that are not one profile, or on which somebody has decided. */
  readonly contested: number;
  /** Links that are not followed, by rule. */
  readonly unfollowed: Totals["objections"];
  readonly generic: number;
}

/** The rules in force, as one could write them. */
export interface RulesView extends WrittenRules {
  readonly version: number;
  /** Since when. */
  readonly at: string;
}

export class Queries {
  readonly #options: QueryOptions;
  readonly #people: People;

  constructor(options: QueryOptions) {
    this.#options = options;
    this.#people = new People(options);
  }

  profile(reference: string): Promise<ProfileView | undefined> {
    return this.#people.profile(reference);
  }

  journey(reference: string, query: JourneyQuery): Promise<JourneyView | undefined> {
    return this.#people.journey(reference, query);
  }

  async graph(reference: string): Promise<GraphView | undefined> {
    const id = await this.#options.references.find(reference);
    const { store, rules } = this.#options;
    const record = id === undefined ? undefined : await store.profile(id);
    if (id === undefined || record === undefined) return undefined;
    // One more than is told tells whether there are more.
    const found = await store.links(id, GRAPH_LINKS_MAX + 1);
    const links = found.slice(0, GRAPH_LINKS_MAX);
    const joins = await this.#joinsOf(record);
    const nodes = new Map(
      record.members.map(({ node }) => [identifierText(node.identifier), record.id] as const),
    );
    for (const { a, b, profiles } of links) {
      nodes.set(identifierText(a.identifier), profiles[0]);
      nodes.set(identifierText(b.identifier), profiles[1]);
    }
    return {
      profile: record.id,
      nodes: [...nodes].map(([identifier, profile]) => ({ identifier, profile })),
      links: [
        ...links.map((link) => linkView(link, rules)),
        ...joins.map((join) => joinView(join, rules)),
      ],
      more: found.length > links.length,
    };
  }

  /** What people ruled to be one with an identifier of the profile. */
  async #joinsOf({ id, members }: ProfileRecord): Promise<DecisionRecord[]> {
    const { store } = this.#options;
    const { decisions } = (await store.component(id))!;
    const ids = new Set(members.map(({ node }) => node.id));
    const joins = decisions.filter(
      ({ kind, a, b }) => kind === "join" && (ids.has(a) || ids.has(b)),
    );
    return Promise.all(joins.map(async (join) => (await store.decision(join.id))!));
  }

  /** Why two references are one person or not; undefined where one of them is nobody's. */
  async explain(a: string, b: string): Promise<Explanation | undefined> {
    const { store, references, rules } = this.#options;
    const [left, right] = [await references.find(a), await references.find(b)];
    if (left === undefined || right === undefined) return undefined;
    return explain(store, rules, left, right);
  }

  /** Whether a reference stands for anybody. */
  async isKnown(reference: string): Promise<boolean> {
    return (await this.#options.references.node(reference)) !== undefined;
  }

  async changes(
    after: number,
    limit: number,
  ): Promise<{ readonly changes: readonly ChangeView[]; readonly next: number }> {
    const { store } = this.#options;
    const changes = await store.changes(after, limit);
    const texts = new IdentifierTexts(store);
    const views: ChangeView[] = [];
    for (const change of changes) views.push(await changeView(change, texts));
    return { changes: views, next: changes.at(-1)?.sequence ?? after };
  }

  async stats(): Promise<StatsView> {
    const tallies = new Tallies();
    for (const tally of await this.#options.store.tallies()) tallies.add(tally);
    for (const tally of this.#options.pendingTallies()) tallies.add(tally);
    const outcomes = tallies.list();
    const { profiles, components, contested, objections, generic } =
      await this.#options.store.totals();
    return {
      received: {
        deliveries: outcomes.reduce((sum, { deliveries }) => sum + deliveries, 0),
        events: outcomes.reduce((sum, { events }) => sum + events, 0),
      },
      outcomes: outcomes.map((tally) => ({
        ...tally,
        source: tally.source === "" ? null : tally.source,
      })),
      profiles,
      components,
      contested,
      unfollowed: objections,
      generic,
    };
  }

  /** Of the database, where another process may have put other rules in force than this one was started with. */
  async rules(): Promise<RulesView> {
    // A service that is open has found rules in force, or put the first ones there.
    const { version, text, at } = (await this.#options.store.rules())!;
    return { version, at: formatTime(at), ...writtenRules(text) };
  }

  digest(): Promise<Digest> {
    return digestOf(this.#options.store.people());
  }
}
