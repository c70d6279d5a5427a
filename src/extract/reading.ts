/**
 * Readings: a configured extraction (a path, a literal or a list of them) made ready to be asked for candidate values,
 * one after the other, until the asker finds one usable.
 */
import type { Extraction, ExtractionPart } from "../../schema/source-config.ts";
import type { JsonText } from "./json-text.ts";
import { compilePath, PathSyntaxError, type Path, type Subject } from "./path.ts";
import { plainText } from "./usable.ts";

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

/** One entry of a configured list, or the only one. */
export interface ReadingPart {
  /** As it was written. */
  readonly description: string;
  readonly kind: "path" | "composite" | "literal";
  /** The paths it follows. */
  readonly paths: readonly Path[];
  candidates(subject: EventSubject): Iterable<Candidate>;
}

export interface Reading {
  /** The paths, as written, for messages. */
  readonly description: string;
  /** The headers and query parameters it reads. */
  readonly requestNames: readonly Pick<Path, "reads" | "requestName">[];
  /** In the order in which they are asked. */
  readonly parts: readonly ReadingPart[];
  candidates(subject: EventSubject): Iterable<Candidate>;
  /** The first of the candidates that `use` makes something of. Throws what a path throws. */
  first<Result>(subject: EventSubject, use: Use<Result>): Result | undefined;
}

type Use<Result> = (candidate: Candidate) => Result | undefined;

type Reader = (subject: EventSubject) => Iterable<Candidate>;

/** Throws a PathSyntaxError, its `index` telling which element of a list is at fault. */
export function compileReading(extraction: Extraction): Reading {
  const entries = Array.isArray(extraction) ? extraction : [extraction];
  const parts = entries.map((entry, index) => {
    try {
      return compilePart(entry);
    } catch (error) {
      if (error instanceof PathSyntaxError && Array.isArray(extraction)) error.index = index;
      throw error;
    }
  });
  return {
    description: parts.map(({ description }) => description).join(", "),
    requestNames: parts
      .flatMap(({ paths }) => paths)
      .filter(({ requestName }) => requestName !== undefined),
    parts,
    *candidates(subject) {
      for (const part of parts) yield* part.candidates(subject);
    },
    first(subject, use) {
      for (const part of parts) {
        const result = firstOf(part, subject, use);
        if (result !== undefined) return result;
      }
      return undefined;
    },
  };
}

function firstOf<Result>(
  part: ReadingPart,
  subject: EventSubject,
  use: Use<Result>,
): Result | undefined {
  const path = part.kind === "path" ? part.paths[0]! : undefined;
  // Of every event there is, a path that leads to one place would make three iterators for one value.
  if (path?.only !== undefined) {
    const value = path.only(subject);
    return value === undefined ? undefined : use(candidateAt(path, subject, value));
  }
  for (const candidate of part.candidates(subject)) {
    const result = use(candidate);
    if (result !== undefined) return result;
  }
  return undefined;
}

function compilePart(entry: ExtractionPart): ReadingPart {
  if (typeof entry === "string") {
    const path = compilePath(entry);
    return { description: entry, kind: "path", paths: [path], candidates: pathReader(path) };
  }
  if ("all" in entry) {
    const paths = entry.all.map(compilePath);
    const description = entry.all.join(" and ");
    return { description, kind: "composite", paths, candidates: compositeReader(entry, paths) };
  }
  return {
    description: JSON.stringify(entry.value),
    kind: "literal",
    paths: [],
    candidates: literalReader(entry.value),
  };
}

/**
 * One text of several values, as `order.created` or `shop/42`. A separator within all but the last is escaped, so no
 * two lists of values read the same; where one of them is missing nothing is offered.
 */
function compositeReader(
  { all, separator }: Extract<ExtractionPart, { all: unknown }>,
  paths: readonly Path[],
): Reader {
  const readers = paths.map(pathReader);
  const escaped = encodeEvery(separator);
  const escape = (text: string) => text.replaceAll("%", "%25").replaceAll(separator, escaped);
  return function* (subject) {
    const parts = readers.map((reader) => firstText(reader(subject)));
    if (parts.some((part) => part === undefined)) return;
    const present = parts.filter((part) => part !== undefined);
    const value = [...present.slice(0, -1).map(({ text }) => escape(text)), present.at(-1)!.text];
    const text = value.join(separator);
    yield {
      value: text,
      path: all.join(" and "),
      fromRequest: present.every(({ fromRequest }) => fromRequest),
      json: () => JSON.stringify(text),
      literal: () => undefined,
    };
  };
}

function encodeEvery(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}

function firstText(candidates: Iterable<Candidate>) {
  for (const { value, literal, fromRequest } of candidates) {
    const plain = plainText(value, literal);
    if ("text" in plain) return { text: plain.text, fromRequest };
  }
  return undefined;
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
      yield candidate(path, value, () =>
        location === undefined ? undefined : subject.json.at(location),
      );
    }
  };
}

/** The value that the only path to it leads to. Where it stands is found when somebody asks for its text. */
function candidateAt(path: Path, subject: EventSubject, value: unknown): Candidate {
  return candidate(path, value, () => {
    const [found] = path.find(subject);
    return found?.location === undefined ? undefined : subject.json.at(found.location);
  });
}

function candidate(path: Path, value: unknown, literal: Candidate["literal"]): Candidate {
  return {
    value,
    path: path.text,
    fromRequest: path.reads !== "body",
    json: () => (isExact(value) ? JSON.stringify(value) : (literal() ?? JSON.stringify(value))),
    literal,
  };
}

/** Whether a parsed value, printed again, has all the digits it had: looking into the text is slow, so not for all. */
function isExact(value: unknown): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isExact);
}
