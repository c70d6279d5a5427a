/**
 * Readings: a configured extraction (a path, a literal or a list of them) made ready to be asked for candidate values,
 * one after the other, until the asker finds one usable.
 */
import type { Extraction } from "../../schema/config.ts";
import type { JsonText } from "./json-text.ts";
import { compilePath, PathSyntaxError, type Path, type Subject } from "./path.ts";

/** One event of a delivery as paths and readings see it. */
export interface EventSubject extends Subject {
  /** The event's own text. */
  readonly json: JsonText;
}

/** A value that a reading offers. */
export interface Candidate {
  readonly value: unknown;
  /** The path it came from, as written; undefined for a literal. */
  readonly path: string | undefined;
  /** Whether the request, not the event's own body, gave it: then all events of a delivery share it. */
  readonly fromRequest: boolean;
  /** The value's JSON text as received; for a literal or a request's value, the text made from it. */
  readonly json: () => string;
  /** The digits of a number as received; undefined for a value that is not in the body. */
  readonly literal: () => string | undefined;
}

export interface Reading {
  /** The paths, as written, for messages. */
  readonly description: string;
  candidates(subject: EventSubject): Iterable<Candidate>;
}

type Reader = (subject: EventSubject) => Iterable<Candidate>;

/** Throws a PathSyntaxError, its `index` telling which element of a list is at fault. */
export function compileReading(extraction: Extraction): Reading {
  const entries = Array.isArray(extraction) ? extraction : [extraction];
  const readers = entries.map((entry, index) => {
    try {
      return typeof entry === "string"
        ? pathReader(compilePath(entry))
        : literalReader(entry.value);
    } catch (error) {
      if (error instanceof PathSyntaxError && Array.isArray(extraction)) error.index = index;
      throw error;
    }
  });
  const names = entries.map((entry) =>
    typeof entry === "string" ? entry : JSON.stringify(entry.value),
  );
  return {
    description: names.join(", "),
    *candidates(subject) {
      for (const reader of readers) yield* reader(subject);
    },
  };
}

function literalReader(value: string | number | boolean): Reader {
  const candidate: Candidate = {
    value,
    path: undefined,
    fromRequest: false,
    json: () => JSON.stringify(value),
    literal: () => undefined,
  };
  return () => [candidate];
}

/**
 * How many values one path may offer before the search for a usable one ends. A path that leads to thousands of values
 * that are none is a mistake, or somebody who wants work done for nothing.
 */
const CANDIDATES_MAX = 100;

function pathReader(path: Path): Reader {
  return function* (subject) {
    let offered = 0;
    for (const { value, location } of path.find(subject)) {
      if (++offered > CANDIDATES_MAX) return;
      const received = () => (location === undefined ? undefined : subject.json.at(location));
      yield {
        value,
        path: path.text,
        fromRequest: path.reads !== "body",
        json: () =>
          isExact(value) ? JSON.stringify(value) : (received() ?? JSON.stringify(value)),
        literal: received,
      };
    }
  };
}

/** Whether a parsed value, printed again, has all the digits it had: looking into the text is slow, so not for all. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isExact);
}
