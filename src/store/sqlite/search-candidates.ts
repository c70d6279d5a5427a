/**
 * Whom an index names as those among whom everybody is who meets a filter: the holders of an identifier, and of the value
 * of a trait. Where it names nobody in particular, or too many, everybody has to be walked.
 */
import { comparableValue, isPlainInteger } from "../../identity/trait-value.ts";
import type { EqualsLeaf, SearchFilter } from "../search.ts";
import type { SqliteDatabase } from "./database.ts";
import type { PeopleReads } from "./searched-people.ts";

/** So few are not worth looking for fewer. */
const CANDIDATES_FEW = 100;

interface ValueRow {
  readonly profile: number;
  readonly value: string;
}

/** The indexed part is compared first, in the words of the index. */
export const CANDIDATE_STATEMENTS = {
  byText: `SELECT i.profile, t.value
    FROM trait_rows AS t CROSS JOIN identifier_rows AS i ON i.ordinal = t.identifier
    WHERE t.name = :name AND substr(t.value, 1, 64) = substr(:value, 1, 64) AND t.value = :value
    LIMIT :limit`,
  // The texts of numbers begin with a sign or a digit, and nothing else does.
  byNumber: `SELECT i.profile, t.value
    FROM trait_rows AS t CROSS JOIN identifier_rows AS i ON i.ordinal = t.identifier
    WHERE t.name = :name AND substr(t.value, 1, 64) >= '-' AND substr(t.value, 1, 64) < ':'
    LIMIT :limit`,
} as const;

type Candidates = ReadonlySet<number>;

/** Labels of profiles; undefined for everybody. */
export type FindCandidates = (filter: SearchFilter) => Candidates | undefined;

export function prepareCandidates(
  { client }: SqliteDatabase,
  reads: PeopleReads,
  candidatesMax: number,
): FindCandidates {
  const byText = client.prepare<[{ name: string; value: string; limit: number }], ValueRow>(
    CANDIDATE_STATEMENTS.byText,
  );
  const byNumber = client.prepare<[{ name: string; limit: number }], ValueRow>(
    CANDIDATE_STATEMENTS.byNumber,
  );

  const holders = ({ name, value }: EqualsLeaf): readonly ValueRow[] => {
    const limit = candidatesMax + 1;
    // Other numbers stand there as somebody wrote them, 1.50 beside 1.5, and are compared one by one.
    const isWrittenOneWay = /^["tf]/.test(value) || isPlainInteger(value);
    return isWrittenOneWay ? byText.all({ name, value, limit }) : byNumber.all({ name, limit });
  };

  const withValue = (leaf: EqualsLeaf): Candidates | undefined => {
    const rows = holders(leaf);
    if (rows.length > candidatesMax) return undefined;
    const asked = comparableValue(leaf.value);
    const equal = rows.filter(({ value }) => comparableValue(value) === asked);
    return new Set([...equal.map(({ profile }) => profile), ...holderOf(leaf.id)]);
  };

  const holderOf = (id: string | undefined): number[] => {
    const found = id === undefined ? undefined : reads.whereabouts(id);
    return found === undefined ? [] : [found.profile];
  };

  const united = (parts: readonly SearchFilter[]): Candidates | undefined => {
    const all = new Set<number>();
    for (const part of parts) {
      const found = find(part);
      if (found === undefined) return undefined;
      for (const profile of found) all.add(profile);
      if (all.size > candidatesMax) return undefined;
    }
    return all;
  };

  function find(filter: SearchFilter): Candidates | undefined {
    switch (filter.kind) {
      case "identifier":
        return new Set(holderOf(filter.id));
      case "equals":
        return withValue(filter);
      case "all":
        return fewest(filter.of, find);
      case "any":
        return united(filter.of);
      case "not":
      case "exists":
      case "events":
      case "everybody":
        return undefined;
    }
  }
  return find;
}

function fewest(parts: readonly SearchFilter[], find: FindCandidates): Candidates | undefined {
  let least: Candidates | undefined;
  for (const part of parts) {
    const found = find(part);
    if (found !== undefined && found.size < (least?.size ?? Infinity)) least = found;
    if (least !== undefined && least.size <= CANDIDATES_FEW) return least;
  }
  return least;
}
