/**
 * Explains why two ids are one person, or why they are not. For one person: the shortest path of evidence, link by link
 * with its events. For two: the links that would lead from one to the other and are not followed, each with its rule.
 */
import { setImmediate } from "node:timers/promises";
import { decisionView, type DecisionView } from "./decision-view.ts";
import { formatTime } from "../extract/time.ts";
import { evidencePath, type EvidenceStep } from "../identity/evidence-path.ts";
import { linkKey } from "../identity/identifier.ts";
import type { ProfileId } from "../identity/types.ts";
import { joinView, linkView, type LinkView, type RulesOfReasons } from "./link-view.ts";
import type { DecisionRecord, ProfileRecord, Store, UnfollowedEdge } from "../store/store.ts";
import { linksBetween } from "./links-between.ts";
import { UnfollowedSearch, type UnfollowedWay } from "./unfollowed-search.ts";

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
      /** The links that would have to be followed, over as few profiles as were found; empty where none were. */
      readonly because: readonly LinkView[];
      /** Standing decisions that keep the two apart. */
      readonly decisions: readonly DecisionView[];
      readonly summary: string;
      /** Whether there are links that are not told, or that nobody has looked at. */
      readonly more: boolean;
    };

/** Links between the same two profiles tell the same story; nobody reads more of them. */
const LINKS_TOLD_PER_STEP_MAX = 100;

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
  const way = await wayBetween(store, left, right, joins);
  const because = await viewsOf(store, rules, way);
  const more = way.more || way.steps.some(({ length }) => length > LINKS_TOLD_PER_STEP_MAX);
  return {
    samePerson: false,
    profiles: [left.id, right.id],
    because,
    decisions: splits.map((split) => decisionView(split, rules)),
    summary: summaryOf(because, splits, { ...way, more }),
    more,
  };
}

/** What links the two directly, or else the way from one to the other over further profiles. */
async function wayBetween(
  store: Store,
  left: ProfileRecord,
  right: ProfileRecord,
  joins: readonly DecisionRecord[],
): Promise<UnfollowedWay> {
  const { links, more } = await linksBetween(store, left, right);
  const refused = joins.flatMap(({ id, a, b, objection }): UnfollowedEdge[] => {
    if (objection === undefined) return [];
    return [{ a, b, objection, profiles: [left.id, right.id], decision: id }];
  });
  const direct = [...links, ...refused];
  if (direct.length > 0) return { steps: [direct], looked: direct.length, more };
  return new UnfollowedSearch(store, left.id, right.id).find();
}

/** Evidence is read for what is told alone; it takes many times longer than to find the links. */
async function viewsOf(
  store: Store,
  rules: RulesOfReasons,
  { steps }: UnfollowedWay,
): Promise<LinkView[]> {
  const views: LinkView[] = [];
  for (const step of steps) {
    const edges = step.slice(0, LINKS_TOLD_PER_STEP_MAX);
    await setImmediate();
    const links = new Map(
      (await store.linksOf(edges.map(({ a, b }) => [a.id, b.id]))).map(
        (link) => [linkKey(link.a, link.b), link] as const,
      ),
    );
    for (const { a, b, objection, decision } of edges)
      // The objection is the one that was found: others may have committed since then.
      views.push(
        decision === undefined
          ? linkView({ ...links.get(linkKey(a, b))!, objection }, rules)
          : joinView({ ...(await store.decision(decision))!, objection }, rules),
      );
  }
  return views;
}

function summaryOf(
  because: readonly LinkView[],
  splits: readonly DecisionRecord[],
  { looked, more }: UnfollowedWay,
): string {
  if (because.length > 0) {
    const told = because.map(({ a, b, reason }) => `${a} and ${b}: ${reason}`).join("; ");
    return more ? `${told}; and more` : told;
  }
  const found = more
    ? `nothing was found among the first ${looked} links looked at`
    : "nothing links them";
  const [split] = splits;
  return split === undefined
    ? found
    : `the decision ${split.id} of ${formatTime(split.at)} keeps them apart, and ${found}`;
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
