/**
 * Suggestions: which paths of a source that is being set up most likely lead to what is still missing, judged by what
 * keys are called and by how values differ from event to event. Guesses for people to look at; no event depends on one.
 */
import { groupsOf, type Group, type Groups } from "./groups.ts";
import type { NormaliseOptions } from "./normalise.ts";
import { LISTED, pathTo } from "./places.ts";
import type { EventSubject } from "./reading.ts";
import {
  addressIn,
  eventIdLikelihood,
  eventTypeLikelihood,
  personLikelihood,
  scopeLikelihood,
  timeLikelihood,
  type Likelihood,
} from "./suggest-likelihood.ts";

export type SuggestedField =
  | "replaceProfileId"
  | "idScope"
  | "identifiers.email"
  | "identifiers.phone"
  | "eventType"
  | "eventId"
  | "occurredAt";

export interface SuggestedPath {
  /** As it is to be written. */
  readonly path: string;
  /** What stands there in the first event that has something there. */
  readonly example: string | number;
  /** In how many events a usable value stands there, and how many different ones. */
  readonly events: number;
  readonly distinct: number;
}

export interface Suggestion {
  readonly field: SuggestedField;
  /** To be configured, in this order. */
  readonly paths: readonly SuggestedPath[];
  /** What else it might be, the likeliest first. */
  readonly others: readonly SuggestedPath[];
}

type Judge = (group: Group, groups: Groups) => Likelihood | undefined;

const OTHERS_MAX = 3;
/** How many paths a suggested list has at the most. */
const PATHS_MAX = 4;

export function suggestPaths(
  subjects: readonly EventSubject[],
  wanted: ReadonlySet<SuggestedField>,
  normalise: NormaliseOptions,
): Suggestion[] {
  const groups = groupsOf(subjects);
  const suggestions: Suggestion[] = [];
  const taken = new Set<Group>();
  const add = (field: SuggestedField, judge: Judge, isListed = false) => {
    if (!wanted.has(field)) return undefined;
    const ranked = rank(groups, judge).filter(({ group }) => !taken.has(group));
    const chosen = choose(ranked, subjects, isListed);
    if (chosen === undefined) return undefined;
    for (const group of chosen.groups) taken.add(group);
    suggestions.push({ field, paths: chosen.paths, others: chosen.others });
    return chosen.events;
  };
  const named = add("replaceProfileId", personLikelihood, true);
  // A scope that some of the ids lack, or of ids that do without it, would only part what belongs together.
  if (named !== undefined)
    add("idScope", (group) => {
      const likelihood = scopeLikelihood(group);
      const isEverywhere = [...named].every((event) => likelihood?.usable.has(event));
      return isEverywhere ? likelihood : undefined;
    });
  add("identifiers.email", addressIn("email", normalise), true);
  add("identifiers.phone", addressIn("phone", normalise), true);
  add("eventType", eventTypeLikelihood);
  add("eventId", eventIdLikelihood);
  add("occurredAt", timeLikelihood);
  // What the default reads anyway need not be configured.
  return suggestions.filter(
    ({ field, paths }) => !(field === "eventType" && paths[0]!.path === "type"),
  );
}

interface Ranked extends Likelihood {
  readonly group: Group;
}

function rank(groups: Groups, judge: Judge): Ranked[] {
  return groups.all
    .flatMap((group) => {
      const likelihood = judge(group, groups);
      if (likelihood === undefined) return [];
      const score = likelihood.score + shape(group, likelihood.usable, groups.events);
      return score > 0 ? [{ ...likelihood, group, score }] : [];
    })
    .toSorted((left, right) => right.score - left.score);
}

/** What speaks for any group: that it is there in most events, not deep within, and of no list. */
function shape({ keys, way }: Group, usable: ReadonlyMap<number, string>, events: number): number {
  const inLists = keys.filter((key) => key === LISTED).length;
  return (30 * usable.size) / events - 1.5 * (way.length - 1) - 20 * inLists;
}

interface Choice {
  readonly groups: readonly Group[];
  /** Those in which any of the paths gives a value. */
  readonly events: ReadonlySet<number>;
  readonly paths: readonly SuggestedPath[];
  readonly others: readonly SuggestedPath[];
}

/** The likeliest, and where a list may be written those of its kind that say something where it says nothing. */
function choose(
  ranked: readonly Ranked[],
  subjects: readonly EventSubject[],
  isListed: boolean,
): Choice | undefined {
  const chosen: { readonly ranked: Ranked; readonly path: SuggestedPath }[] = [];
  const others: SuggestedPath[] = [];
  const covered = new Set<number>();
  for (const candidate of ranked) {
    if (others.length >= OTHERS_MAX) break;
    const path = suggestedPath(candidate, subjects);
    if (path === undefined) continue;
    const brings = [...candidate.usable.keys()].some((event) => !covered.has(event));
    const isAlike = candidate.kind === (chosen[0]?.ranked.kind ?? candidate.kind);
    const isChosen =
      chosen.length === 0 || (isListed && isAlike && brings && chosen.length < PATHS_MAX);
    if (!isChosen) others.push(path);
    else {
      chosen.push({ ranked: candidate, path });
      for (const event of candidate.usable.keys()) covered.add(event);
    }
  }
  if (chosen.length === 0) return undefined;
  return {
    groups: chosen.map(({ ranked: { group } }) => group),
    events: covered,
    paths: chosen.map(({ path }) => path),
    others,
  };
}

function suggestedPath(
  { group, usable }: Ranked,
  subjects: readonly EventSubject[],
): SuggestedPath | undefined {
  const examples = [...usable.keys()].map((event) => ({
    subject: subjects[event]!,
    value: group.values.get(event)!,
  }));
  const path = pathTo(group.keys, examples);
  if (path === undefined) return undefined;
  return {
    path,
    example: examples[0]!.value,
    events: usable.size,
    distinct: new Set(usable.values()).size,
  };
}
