/**
 * Explains why two ids are one person, or why they are not. For one person: the shortest path of evidence, link by link
 * with its events. For two: the links that would lead from one to the other and are not followed, each with its rule.
 */
import { decisionView, type DecisionView } from "./decision-view.ts";
import { formatTime } from "../extract/time.ts";
import { evidencePath, type EvidenceStep } from "../identity/evidence-path.ts";
import { linkKey } from "../identity/identifier.ts";
import type { ProfileId } from "../identity/types.ts";
import { joinView, linkView, type LinkView, type RulesOfReasons } from "./link-view.ts";
import type { DecisionRecord, LinkRecord, ProfileRecord, Store } from "../store/store.ts";

export type Explanation =
  | {
      readonly samePerson: true;
      readonly profile: ProfileId;
      /** From `a` to `b`, each link from where the one before has ended; empty where both are one identifier. */
      readonly path: readonly LinkView[];
    }
  | {
      readonly samePerson: false;
      readonly profiles: readonly [ProfileId, ProfileId];
      /** The fewest links that would have to be followed; empty where nothing links the two. */
      readonly because: readonly LinkView[];
      /** Standing decisions that keep the two apart. */
      readonly decisions: readonly DecisionView[];
      readonly summary: string;
    };

/** How many profiles a search for a way through unfollowed links looks at, and how many links of each. */
const PROFILES_MAX = 200;
const LINKS_PER_PROFILE_MAX = 1000;

/** `a` and `b` are ids of identifiers. Undefined where one of them is not known. */
export async function explain(
  store: Store,
  rules: RulesOfReasons,
  a: ProfileId,
  b: ProfileId,
): Promise<Explanation | undefined> {
  const [left, right] = [await store.profile(a), await store.profile(b)];
  if (left === undefined || right === undefined) return undefined;
  if (left.id === right.id)
    return { samePerson: true, profile: left.id, path: await pathBetween(store, rules, a, b) };
  const rulings = await rulingsBetween(store, left, right);
  const splits = rulings.filter(({ kind }) => kind === "split");
  const joins = rulings.filter(({ kind }) => kind === "join");
  const links = await new UnfollowedSearch(store, left.id, right.id).find();
  const because = [
    ...links.map((link) => linkView(link, rules)),
    ...joins.map((join) => joinView(join, rules)),
  ];
  return {
    samePerson: false,
    profiles: [left.id, right.id],
    because,
    decisions: splits.map((split) => decisionView(split, rules)),
    summary: summaryOf(because, splits),
  };
}

function summaryOf(because: readonly LinkView[], splits: readonly DecisionRecord[]): string {
  if (because.length > 0)
    return because.map(({ a, b, reason }) => `${a} and ${b}: ${reason}`).join("; ");
  const [split] = splits;
  return split === undefined
    ? "nothing links them"
    : `the decision ${split.id} of ${formatTime(split.at)} keeps them apart, and nothing links them`;
}

async function pathBetween(
  store: Store,
  rules: RulesOfReasons,
  a: ProfileId,
  b: ProfileId,
): Promise<LinkView[]> {
  const graph = (await store.component(a))!;
  const steps = evidencePath(graph, a, b) ?? [];
  const pairs = steps
    .filter(({ decision }) => decision === undefined)
    .map(({ from, to }) => [from, to] as const);
  const links = new Map(
    (await store.linksOf(pairs)).map((link) => [linkKey(link.a, link.b), link] as const),
  );
  const viewOf = async ({ from, to, decision }: EvidenceStep): Promise<LinkView> => {
    if (decision === undefined) {
      const link = links.get(linkKey({ id: from }, { id: to }))!;
      return from === link.a.id ? linkView(link, rules) : turned(linkView(link, rules));
    }
    const join = (await store.decision(decision.id))!;
    return from === join.a.id ? joinView(join, rules) : turned(joinView(join, rules));
  };
  return Promise.all(steps.map(viewOf));
}

/** A pair has no direction, but a path is read from one end to the other. */
function turned(view: LinkView): LinkView {
  return { ...view, a: view.b, b: view.a };
}

/** Standing decisions with one end in each of two profiles. */
async function rulingsBetween(
  store: Store,
  left: ProfileRecord,
  right: ProfileRecord,
): Promise<DecisionRecord[]> {
  const graph = (await store.component(left.id))!;
  const idsOf = ({ members }: ProfileRecord) => new Set(members.map(({ node }) => node.id));
  const [leftIds, rightIds] = [idsOf(left), idsOf(right)];
  const found = graph.decisions.filter(
    ({ a, b }) => (leftIds.has(a) && rightIds.has(b)) || (leftIds.has(b) && rightIds.has(a)),
  );
  return Promise.all(found.map(async ({ id }) => (await store.decision(id))!));
}

/** How a profile was reached, and over which links. */
interface Reached {
  readonly from: ProfileId | undefined;
  readonly links: readonly LinkRecord[];
}

/** A search from both sides at once, profile by profile, through links that are not followed. */
class UnfollowedSearch {
  readonly #store: Store;
  readonly #sides: readonly [Map<ProfileId, Reached>, Map<ProfileId, Reached>];
  readonly #queues: readonly [ProfileId[], ProfileId[]];

  constructor(store: Store, left: ProfileId, right: ProfileId) {
    const start: Reached = { from: undefined, links: [] };
    this.#store = store;
    this.#sides = [new Map([[left, start]]), new Map([[right, start]])];
    this.#queues = [[left], [right]];
  }

  async find(): Promise<readonly LinkRecord[]> {
    for (let looked = 0; looked < PROFILES_MAX; looked++) {
      // The side with less to look at goes on; a mailbox that thousands share would take for ever.
      const [left, right] = this.#queues;
      const isLeft = right.length === 0 || (left.length > 0 && left.length <= right.length);
      const side = isLeft ? 0 : 1;
      const next = this.#queues[side].shift();
      if (next === undefined) return [];
      const met = await this.#expand(next, side);
      if (met !== undefined) return [...this.#way(met, 0), ...this.#way(met, 1)];
    }
    return [];
  }

  /** Looks at one profile's links; returns the profile at which the two sides have met. */
  async #expand(profile: ProfileId, side: 0 | 1): Promise<ProfileId | undefined> {
    const reached = this.#sides[side];
    const others = this.#sides[1 - side]!;
    for (const [other, links] of byFarEnd(
      profile,
      await this.#store.unfollowedLinks(profile, LINKS_PER_PROFILE_MAX),
    )) {
      if (reached.has(other)) continue;
      reached.set(other, { from: profile, links });
      if (others.has(other)) return other;
      this.#queues[side].push(other);
    }
    return undefined;
  }

  #way(from: ProfileId, side: 0 | 1): LinkRecord[] {
    const reached = this.#sides[side];
    const way: LinkRecord[] = [];
    for (let step = reached.get(from)!; step.from !== undefined; step = reached.get(step.from)!)
      way.push(...step.links);
    return side === 0 ? way.toReversed() : way;
  }
}

/** Links by the profile at the far end, those that stay within the profile left out. */
function byFarEnd(profile: ProfileId, links: readonly LinkRecord[]): Map<ProfileId, LinkRecord[]> {
  const byProfile = new Map<ProfileId, LinkRecord[]>();
  for (const link of links) {
    const other = link.profiles.find((end) => end !== profile);
    if (other !== undefined) byProfile.set(other, [...(byProfile.get(other) ?? []), link]);
  }
  return byProfile;
}
