/** Conditions on what a path leads to in a payload, made ready to be asked of many. */
import type { Condition, Scalar } from "../../schema/http/event-filter.ts";
import type { Found } from "../extract/path.ts";
import { compareTexts } from "../identity/stamp.ts";
import { compareExactNumbers, exactNumber, type ExactNumber } from "../identity/exact-number.ts";
import type { Payload } from "./payload.ts";

/** Whether one of the values that were found in a payload meets the condition. */
export type ConditionTest = (found: Iterable<Found>, payload: Payload) => boolean;

type ValueTest = (found: Found, payload: Payload) => boolean;

export function compileCondition(condition: Condition): ConditionTest {
  if (typeof condition !== "object" || condition === null) return anyMeets([equals(condition)]);
  const { exists, eq, in: alternatives, contains, ...bounds } = condition;
  if (exists === false) return isEmpty;
  const tests: ValueTest[] = [];
  if (eq !== undefined) tests.push(equals(eq));
  if (alternatives !== undefined) {
    const each = alternatives.map(equals);
    tests.push((found, payload) => each.some((test) => test(found, payload)));
  }
  if (contains !== undefined)
    tests.push(({ value }) => typeof value === "string" && value.includes(contains));
  for (const [name, bound] of Object.entries(bounds))
    if (bound !== undefined) tests.push(isWithin(bound, WITHIN[name as keyof typeof WITHIN]));
  return anyMeets(tests);
}

/** By what comparing a value with the bound gives. */
const WITHIN = {
  gt: (order: number) => order > 0,
  gte: (order: number) => order >= 0,
  lt: (order: number) => order < 0,
  lte: (order: number) => order <= 0,
};

/** One and the same value has to pass every test. */
function anyMeets(tests: readonly ValueTest[]): ConditionTest {
  return (found, payload) => {
    for (const one of found) if (tests.every((test) => test(one, payload))) return true;
    return false;
  };
}

function isEmpty(found: Iterable<Found>): boolean {
  for (const _ of found) return false;
  return true;
}

function equals(expected: Scalar): ValueTest {
  if (typeof expected === "boolean" || expected === null) return ({ value }) => value === expected;
  return isWithin(expected, (order) => order === 0);
}

/** Only numbers compare with numbers, and texts with texts; a text of digits is no number. */
function isWithin(
  bound: Exclude<Scalar, boolean | null>,
  isMet: (order: number) => boolean,
): ValueTest {
  if (typeof bound === "string")
    return ({ value }) => typeof value === "string" && isMet(compareTexts(value, bound));
  const compare = numberComparison(typeof bound === "number" ? String(bound) : bound.number);
  return (found, payload) => {
    const order = compare(found, payload);
    return order !== undefined && isMet(order);
  };
}

/**
 * How a number that was found compares with a bound; undefined for what is none. Rounding to doubles never turns an
 * order round, so the digits are looked at only where both are rounded to the same.
 */
function numberComparison(literal: string): (found: Found, payload: Payload) => number | undefined {
  const rounded = Number(literal);
  const bound: ExactNumber | undefined = exactNumber(literal);
  return (found, payload) => {
    const { value } = found;
    if (typeof value !== "number") return undefined;
    if (value !== rounded) return value < rounded ? -1 : 1;
    const exact = payload.exact(value, found);
    return exact === undefined || bound === undefined
      ? undefined
      : compareExactNumbers(exact, bound);
  };
}
