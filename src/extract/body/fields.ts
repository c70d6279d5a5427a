/**
 * The fields of a form as one JSON object. A name with brackets is a way into it, as PHP, Rails and qs read it:
 * `data[merges][EMAIL]=x` lies in an object in an object, `tags[]=a&tags[]=b` in a list, and so does a name that is
 * repeated. What holds JSON by configuration is spliced in as it came, so that no digit of it is lost (I10).
 */
import { isDeeperThan } from "../json-text.ts";

export interface FileValue {
  readonly filename: string;
  readonly contentType: string;
  /** How long it was; what was in it is not kept. */
  readonly bytes: number;
}

export interface Field {
  readonly name: string;
  readonly value: string | FileValue;
}

/** The fields in their order, or why there are none that could be mapped. */
export type Fields = { readonly fields: readonly Field[] } | { readonly unmappable: string };

export function tooManyFields(max: number): { readonly unmappable: string } {
  return { unmappable: `the form has more fields than limits.formFieldsMax ${max}` };
}

export interface FieldOptions {
  /** Names of fields whose value is JSON. */
  readonly jsonFields: readonly string[];
  readonly jsonDepthMax: number;
}

/** A place in the object: values, all of one name, or further places. */
type Place =
  | { readonly kind: "values"; readonly texts: string[] }
  | { readonly kind: "places"; readonly places: Map<string, Place> };

/** The JSON text of the object that the fields make. */
export function fieldsText(fields: readonly Field[], options: FieldOptions): string {
  const root: Place & { kind: "places" } = { kind: "places", places: new Map() };
  for (const field of fields) {
    const text = valueText(field, options);
    const way = wayOf(field.name);
    // A name that goes too deep, or where something else stands already, is kept whole beside the rest.
    if (way.length > options.jsonDepthMax || !put(root, way, text)) put(root, [field.name], text);
  }
  return textOf(root);
}

function valueText({ name, value }: Field, { jsonFields, jsonDepthMax }: FieldOptions): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return jsonFields.includes(name) && isJson(value, jsonDepthMax)
    ? value.trim()
    : JSON.stringify(value);
}

/** One level is the form's own. */
function isJson(text: string, depthMax: number): boolean {
  if (isDeeperThan(text, depthMax - 1)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `a[b][]` is the way a, b and the next free place; a name whose brackets do not close is no way. */
function wayOf(name: string): readonly string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])+)$/.exec(name);
  if (match === null) return [name];
  const [, start = "", brackets = ""] = match;
  return [start, ...brackets.slice(1, -1).split("][")];
}

/** Puts a value at the end of a way; false, and nothing is changed, where values stand on it or places at its end. */
function put(root: Place & { kind: "places" }, way: readonly string[], text: string): boolean {
  if (!isFree(root, way)) return false;
  let { places } = root;
  for (const [index, segment] of way.entries()) {
    const key = segment === "" ? nextIndex(places) : segment;
    const place = places.get(key);
    if (index === way.length - 1) {
      if (place?.kind === "values") place.texts.push(text);
      else places.set(key, { kind: "values", texts: [text] });
      return true;
    }
    const next: Place = place ?? { kind: "places", places: new Map() };
    places.set(key, next);
    if (next.kind === "places") places = next.places;
  }
  return true;
}

function isFree(root: Place & { kind: "places" }, way: readonly string[]): boolean {
  let place: Place | undefined = root;
  for (const segment of way) {
    if (place === undefined) return true;
    if (place.kind === "values") return false;
    place = segment === "" ? undefined : place.places.get(segment);
  }
  return place === undefined || place.kind === "values";
}

function nextIndex(places: ReadonlyMap<string, Place>): string {
  let index = places.size;
  while (places.has(String(index))) index++;
  return String(index);
}

function textOf(place: Place): string {
  if (place.kind === "values")
    return place.texts.length === 1 ? place.texts[0]! : `[${place.texts.join(",")}]`;
  const { places } = place;
  const indices = Array.from({ length: places.size }, (_, index) => String(index));
  const isList = places.size > 0 && indices.every((index) => places.has(index));
  if (isList) return `[${indices.map((index) => textOf(places.get(index)!)).join(",")}]`;
  const entries = [...places].map(([key, inner]) => `${JSON.stringify(key)}:${textOf(inner)}`);
  return `{${entries.join(",")}}`;
}
