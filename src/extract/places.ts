/**
 * Places: the values of an event and the path that leads to each, written as a configuration would write it. Knows
 * how paths are written; what a value may be good for, `suggest.ts` knows.
 */
import { compilePath, PathEvaluationError, PathSyntaxError } from "./path.ts";
import type { EventSubject } from "./reading.ts";

export interface Place {
  /** The keys that lead there; every index of a list is `LISTED`. */
  readonly keys: readonly (string | typeof LISTED)[];
  readonly value: string | number;
}

/** Stands for any element of a list: which of them it was changes from event to event. */
export const LISTED = Symbol("an element of a list");

/** How many values of one event are looked at, and how deep; a suggestion is not worth more. */
const PLACES_MAX = 5000;
const DEPTH_MAX = 12;
/** Of a list the first elements tell how the others look. */
const ELEMENTS_MAX = 20;

/** The texts and numbers of a body, in its order. */
export function placesIn(body: unknown): Place[] {
  const places: Place[] = [];
  const walk = (value: unknown, keys: Place["keys"]) => {
    if (places.length >= PLACES_MAX) return;
    if (typeof value === "string" || typeof value === "number") places.push({ keys, value });
    if (typeof value !== "object" || value === null || keys.length >= DEPTH_MAX) return;
    const entries = Array.isArray(value)
      ? value.slice(0, ELEMENTS_MAX).map((element: unknown) => [LISTED, element] as const)
      : Object.entries(value);
    for (const [key, inner] of entries) walk(inner, [...keys, key]);
  };
  walk(body, []);
  return places;
}

/** One text for all places that the same keys lead to. */
export function placeKey(keys: Place["keys"]): string {
  return JSON.stringify(keys.map((key) => (key === LISTED ? 0 : key)));
}

const BARE = /^[^.[\]"'\s]+( +[^.[\]"'\s]+)*$/;

/** The path in each way that it can be written, the simplest first. Not each of them leads there in every body. */
function spellings(keys: Place["keys"]): string[] {
  const [first] = keys;
  const only = keys.length === 1 && typeof first === "string" ? [first] : [];
  const jsonPath = `$${keys.map((key) => (key === LISTED ? "[*]" : inJsonPath(key))).join("")}`;
  // A first key that looks like a prefix, such as `header:x`, is none in brackets.
  return [...only, dotted(keys, 0), dotted(keys, 1), jsonPath];
}

/** With the first `quoted` keys in brackets, whether they have to be or not. */
function dotted(keys: Place["keys"], quoted: number): string {
  return keys
    .map((key, index) => {
      if (key === LISTED) return "[]";
      if (index < quoted || !BARE.test(key)) return `["${key.replace(/["\\]/g, "\\$&")}"]`;
      return index === 0 ? key : `.${key}`;
    })
    .join("");
}

function inJsonPath(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * The path to a place, as it is written in a configuration; undefined where none leads there in all of the events that
 * hold something there, such as one that is too long.
 */
export function pathTo(
  keys: Place["keys"],
  examples: readonly { readonly subject: EventSubject; readonly value: unknown }[],
): string | undefined {
  return spellings(keys).find((text) =>
    examples.every(({ subject, value }) => leadsTo(text, subject, value)),
  );
}

function leadsTo(text: string, subject: EventSubject, value: unknown): boolean {
  try {
    const path = compilePath(text);
    if (path.reads !== "body" || path.text !== text) return false;
    const isSame = (other: unknown) => Object.is(other, value);
    return Array.from(path.find(subject), (found) => found.value).some(isSame);
  } catch (error) {
    if (error instanceof PathSyntaxError || error instanceof PathEvaluationError) return false;
    throw error;
  }
}
