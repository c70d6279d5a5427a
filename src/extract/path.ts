/**
 * Paths: how a configuration says where in a delivery a value lies.
 *
 * - `event.user.id`, `tags[0].name`, `["odd.key"]`: dotted, over own properties only. A key that holds the whole text
 *   literally is tried first. `tags[]` is every element of a list, one after the other.
 * - `$.items[*].id`: JSONPath (RFC 9535).
 * - `header:X-Name`, `query:name`: the request's headers and query parameters.
 * - `payload@event.user`: the spelling of Tracardi; the same as `event.user`.
 */
import { JSONPathEnvironment, JSONPathError, type JSONValue } from "json-p3";
import type { Location } from "./json-text.ts";

/** What a path may read of one event: its parsed body, and the request it came with. */
export interface Subject {
  readonly body: unknown;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
}

export interface Found {
  readonly value: unknown;
  /** Where in the body it stood; undefined for a value of the request. */
  readonly location?: Location;
}

export interface Path {
  /** As it was written. */
  readonly text: string;
  readonly reads: "body" | "header" | "query";
  /** The name of the header, in lower case, or of the query parameter. */
  readonly requestName?: string;
  /** What the path leads to, in order, found as it is asked for. Throws a PathEvaluationError. */
  find(subject: Subject): Iterable<Found>;
  /**
   * What a path that leads to one place at the most leads to, as `find` does but at less cost; undefined where nothing
   * stands there. Other paths have none.
   */
  only?(subject: Subject): unknown;
}

/** A path that could be parsed and yet not be followed in this body, such as a filter that needs what is not there. */
export class PathEvaluationError extends Error {
  override readonly name = "PathEvaluationError";
}

export class PathSyntaxError extends Error {
  override readonly name = "PathSyntaxError";
  /** Which element of a list of paths is at fault. */
  index?: number;
}

const PATH_CHARACTERS_MAX = 256;

/** Throws a PathSyntaxError that names the fault and the fix. */
export function compilePath(source: string): Path {
  const text = source.trim();
  if (text === "")
    throw new PathSyntaxError('a path cannot be empty; write for example "event.user.id"');
  if (text.length > PATH_CHARACTERS_MAX)
    throw new PathSyntaxError(
      `a path has at most ${PATH_CHARACTERS_MAX} characters; this one has ${text.length}`,
    );
  if (text.startsWith("$")) return jsonPath(text);
  const prefixed = /^(header|query|payload)([:@])(.*)$/s.exec(text);
  const [, prefix, mark, rest = ""] = prefixed ?? [];
  const alike = /^(\w+)(@|:)/.exec(text);
  if (
    prefixed === null &&
    alike !== null &&
    (alike[2] === "@" || /^(headers|params?|querys?)$/i.test(alike[1]!))
  )
    throw new PathSyntaxError(
      `"${text}" begins like none of the prefixes there are: header:, query: and payload@; ` +
        `for a key of that name write ["${text.replaceAll('"', '\\"')}"]`,
    );
  if (prefix === "header" && mark === ":") return headerPath(text, rest.trim());
  if (prefix === "query" && mark === ":") return queryPath(text, rest.trim());
  return dottedPath(text, prefix === "payload" && mark === "@" ? rest : text);
}

/** The same for what can only lie in the body. */
export function compileBodyPath(source: string): Path {
  const path = compilePath(source);
  if (path.reads !== "body")
    throw new PathSyntaxError(`"${path.text}" does not lie in the body, as it has to here`);
  return path;
}

function headerPath(text: string, header: string): Path {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(header))
    throw new PathSyntaxError(`"${text}" names no header; write for example "header:X-Event-Type"`);
  const name = header.toLowerCase();
  const only = ({ headers }: Subject) => headers.get(name);
  return { text, reads: "header", requestName: name, only, find: found(only) };
}

function queryPath(text: string, name: string): Path {
  if (name === "")
    throw new PathSyntaxError(`"${text}" names no query parameter; write for example "query:user"`);
  const only = ({ query }: Subject) => query.get(name) ?? undefined;
  return { text, reads: "query", requestName: name, only, find: found(only) };
}

function found(only: (subject: Subject) => string | undefined): Path["find"] {
  return (subject) => {
    const value = only(subject);
    return value === undefined ? [] : [{ value }];
  };
}

// Deeper than any body may be, so that no body that was let in is too deep for a path.
const JSON_PATH_DEPTH_MAX = 1100;
const jsonPaths = new JSONPathEnvironment({ maxRecursionDepth: JSON_PATH_DEPTH_MAX });

function jsonPath(text: string): Path {
  let query: ReturnType<typeof jsonPaths.compile>;
  try {
    query = jsonPaths.compile(text);
  } catch (error) {
    throw new PathSyntaxError(`"${text}" is not JSONPath (RFC 9535): ${messageOf(error)}`);
  }
  return {
    text,
    reads: "body",
    *find({ body }) {
      try {
        for (const { value, location } of query.lazyQuery(body as JSONValue))
          yield { value, location };
      } catch (error) {
        if (!(error instanceof JSONPathError)) throw error;
        throw new PathEvaluationError(`${text} cannot be followed: ${messageOf(error)}`);
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function dottedPath(text: string, dotted: string): Path {
  const steps = parseDotted(text, dotted);
  const key = wholeKey(steps);
  const field = key === undefined ? undefined : fieldSteps(key);
  const find: Path["find"] = ({ body }) => {
    const literal = property(body, dotted);
    if (literal !== undefined) return [{ value: literal, location: [dotted] }];
    const isField = field !== undefined && property(body, key!) === undefined;
    return walk(body, isField ? field : steps, []);
  };
  const path = { text, reads: "body", find } as const;
  return field === undefined && isStraight(steps) ? { ...path, only: onlyAt(dotted, steps) } : path;
}

function isStraight(steps: readonly Step[]): steps is readonly string[] {
  return !steps.includes(EVERY);
}

function onlyAt(dotted: string, steps: readonly string[]): (subject: Subject) => unknown {
  const [first, ...others] = steps;
  const isWhole = first === dotted && others.length === 0;
  return ({ body }) => {
    const literal = property(body, dotted);
    if (literal !== undefined || isWhole) return literal;
    let value = property(body, first!);
    for (let at = 0; at < others.length && value !== undefined; at++)
      value = property(value, others[at]!);
    return value;
  };
}

/** The one key that a path is, such as `["data[email]"]`. */
function wholeKey([only, ...more]: readonly Step[]): string | undefined {
  return typeof only === "string" && more.length === 0 ? only : undefined;
}

/**
 * The name of a form's field, `data[email]`, as the way to where its form is read to; undefined for any other key. Dots
 * and quotes are parts of such a name like any other sign.
 */
function fieldSteps(key: string): readonly Step[] | undefined {
  const [, root, brackets] = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(key) ?? [];
  if (root === undefined || brackets === undefined) return undefined;
  const names = brackets.slice(1, -1).split("][");
  return [root, ...names.map((name) => (name === "" ? EVERY : name))];
}

/** Where a step leads to every element of a list; any other leads to one key. */
const EVERY = Symbol("every element");

type Step = string | typeof EVERY;

function walk(start: unknown, steps: readonly Step[], passed: Location): Iterable<Found> {
  const fork = steps.indexOf(EVERY);
  const straight = (fork < 0 ? steps : steps.slice(0, fork)) as readonly string[];
  let value = start;
  for (const key of straight) {
    value = property(value, key);
    if (value === undefined) return [];
  }
  const location = [...passed, ...straight];
  if (fork < 0) return [{ value, location }];
  return Array.isArray(value) ? walkEach(value, steps.slice(fork + 1), location) : [];
}

function* walkEach(
  list: readonly unknown[],
  steps: readonly Step[],
  location: Location,
): Iterable<Found> {
  for (const [index, element] of list.entries()) yield* walk(element, steps, [...location, index]);
}

/** An own property of an object or an element of a list; never anything inherited, nor a list's `length`. */
function property(holder: unknown, key: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  if (Array.isArray(holder) && !/^\d+$/.test(key)) return undefined;
  const value = (holder as Record<string, unknown>)[key];
  // Asked last: most that is missing is not even inherited.
  return value !== undefined && Object.hasOwn(holder, key) ? value : undefined;
}

// One step: a bare name, a quoted one in brackets, or an index, a bare form key or nothing in brackets.
const STEP =
  /(?<name>[^.[\]"']+)|\["(?<double>(?:[^"\\]|\\.)*)"\]|\['(?<single>(?:[^'\\]|\\.)*)'\]|\[(?<bare>[^[\]"']*)\]/y;

function parseDotted(text: string, dotted: string): Step[] {
  const steps: Step[] = [];
  const fault = (at: number, what: string) =>
    new PathSyntaxError(
      `"${text}" is not a path: ${what} at character ${at + 1}; ` +
        'write names with dots between them, a[0] for an element, a[] for every one, ["odd.key"] for any other key',
    );
  let at = 0;
  while (at < dotted.length) {
    if (at > 0 && dotted[at] === ".") {
      at++;
      if (at === dotted.length || dotted[at] === "[") throw fault(at, "a name is missing");
    } else if (at > 0 && dotted[at] !== "[") throw fault(at, "a dot is missing");
    STEP.lastIndex = at;
    const match = STEP.exec(dotted);
    if (match === null)
      throw fault(at, dotted[at] === "." ? "a name is missing" : "an unclosed bracket");
    const { name, double, single, bare } = match.groups!;
    steps.push(bare === "" ? EVERY : (name ?? bare ?? unescape(double ?? single ?? "")));
    at = STEP.lastIndex;
  }
  if (steps.length === 0) throw fault(0, "a name is missing");
  return steps;
}

function unescape(quoted: string): string {
  return quoted.replace(/\\(.)/gs, "$1");
}
