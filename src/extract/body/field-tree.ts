/**
 * From the fields of a form to the one JSON text they mean. `data[merges][CITY]` is an object in an object, `a[]` and a
 * repeated `a` are lists, and so is `items[0]`, `items[1]` where no number is left out. Where names contradict each
 * other, `a` and `a[b]`, the shorter has its place and the longer stands beside it as it was sent. Which field came
 * first matters only for the order within lists and of keys.
 */
import { isDeeperThan } from "../json-text.ts";
import { unparseable, type Read } from "./fault.ts";
import type { Field } from "./field.ts";

export interface FieldOptions {
  readonly jsonDepthMax: number;
  /** Names of fields whose value is JSON text, as they are sent. */
  readonly jsonFields: ReadonlySet<string>;
}

/** The JSON text of an object that holds the fields. */
export function fieldsToJson(
  fields: readonly Field[],
  { jsonDepthMax, jsonFields }: FieldOptions,
): Read<string> {
  const tooDeep = {
    fault: unparseable(`The form is nested deeper than ${jsonDepthMax} levels.`),
  };
  const entries: Entry[] = [];
  for (const field of fields) {
    const steps = stepsOf(field.name);
    if (steps.length > jsonDepthMax) return tooDeep;
    entries.push({ field, steps });
  }
  const text = write(rootOf(entries), { jsonDepthMax, jsonFields }, 0);
  // A repeated field and a file are one level more than their name tells.
  return isDeeperThan(text, jsonDepthMax) ? tooDeep : { value: text };
}

interface Entry {
  readonly field: Field;
  /** The keys that lead to the value; the empty one is a place at the end of a list. */
  readonly steps: readonly string[];
}

// Maps, not objects: a field may be called __proto__, and one called 7 keeps its place.
type Node = Field | readonly Node[] | ReadonlyMap<string, Node>;

const BRACKETED = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;

/** A name whose brackets do not fit together is one key. */
function stepsOf(name: string): readonly string[] {
  const [, root, brackets] = BRACKETED.exec(name) ?? [];
  if (root === undefined || brackets === undefined) return [name];
  return [root, ...brackets.slice(1, -1).split("][")];
}

function rootOf(entries: readonly Entry[]): Node {
  const beside: Entry[] = [];
  const root = new Map(childrenOf(entries, 0, beside));
  const literal = beside.map(({ field }) => ({ field, steps: [field.name] }));
  // No key of the root is the whole of a bracketed name, so nothing is overwritten.
  for (const [key, node] of childrenOf(literal, 0, [])) root.set(key, node);
  return root;
}

/** Each key at this depth with what stands below it. */
function childrenOf(
  entries: readonly Entry[],
  depth: number,
  beside: Entry[],
): [key: string, node: Node][] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = entry.steps[depth]!;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return Array.from(groups, ([key, group]) => [key, nodeOf(group, depth + 1, beside)]);
}

/** What stands at the place to which the first `depth` steps of all the entries lead. */
function nodeOf(entries: readonly Entry[], depth: number, beside: Entry[]): Node {
  const values = entries.filter(({ steps }) => steps.length === depth);
  if (values.length > 0) {
    beside.push(...entries.filter(({ steps }) => steps.length > depth));
    return values.length === 1 ? values[0]!.field : values.map(({ field }) => field);
  }
  const named = entries.filter(({ steps }) => steps[depth] !== "");
  if (named.length === 0)
    return rowsOf(entries, depth + 1).map((row) => nodeOf(row, depth + 1, beside));
  beside.push(...entries.filter(({ steps }) => steps[depth] === ""));
  const children = new Map(childrenOf(named, depth, beside));
  const elements = Array.from(children.keys(), (_, index) => children.get(String(index)));
  return elements.every((element) => element !== undefined) ? elements : children;
}

/**
 * The elements of a list that was sent without numbers. `rows[][name]=…&rows[][city]=…` is one, until a field of it
 * comes again: so browsers send the rows of a table.
 */
function rowsOf(entries: readonly Entry[], depth: number): Entry[][] {
  const rows: Entry[][] = [];
  let seen = new Set<string>();
  for (const entry of entries) {
    const rest = entry.steps.slice(depth);
    const name = JSON.stringify(rest);
    const isWhole = rest.length === 0;
    if (rows.length === 0 || isWhole || seen.has("[]") || seen.has(name)) {
      rows.push([]);
      seen = new Set();
    }
    rows.at(-1)!.push(entry);
    // A list within the row may go on.
    if (rest.at(-1) !== "") seen.add(name);
  }
  return rows;
}

/** `depth` is how many objects and lists are open around it. */
function write(node: Node, options: FieldOptions, depth: number): string {
  if (isList(node))
    return `[${node.map((element) => write(element, options, depth + 1)).join(",")}]`;
  if (node instanceof Map) {
    const members = Array.from(
      node as ReadonlyMap<string, Node>,
      ([key, value]) => `${JSON.stringify(key)}:${write(value, options, depth + 1)}`,
    );
    return `{${members.join(",")}}`;
  }
  const { name, value } = node as Field;
  const holdsJson = typeof value === "string" && options.jsonFields.has(name);
  return holdsJson && isJson(value, options.jsonDepthMax - depth) ? value : JSON.stringify(value);
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}

function isJson(text: string, depthMax: number): boolean {
  if (isDeeperThan(text, depthMax)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
