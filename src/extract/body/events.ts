/** The events in a delivery's JSON: the whole of it, its elements, or what stands where its source says they lie. */
import { elementTexts, JsonText, type Location } from "../json-text.ts";
import { PathEvaluationError, type Found, type Path } from "../path.ts";
import type { EventSubject } from "../reading.ts";
import type { JsonValue } from "./json-values.ts";

export interface EventOptions {
  /** Where the source says that its events lie. */
  readonly events: Path | undefined;
  readonly eventsPerDeliveryMax: number;
}

export type FoundEvents =
  /** `many` where the delivery may hold many, also where it holds one of them. */
  | { readonly kind: "found"; readonly values: readonly JsonValue[]; readonly many: boolean }
  /** There are none where they should be. */
  | { readonly kind: "none"; readonly reason: string };

export function eventsIn(whole: EventSubject, options: EventOptions): FoundEvents {
  const { body, json } = whole;
  const max = options.eventsPerDeliveryMax;
  if (options.events !== undefined) return eventsAt(whole, options.events, max);
  if (!Array.isArray(body))
    return isObject(body)
      ? { kind: "found", values: [{ value: body, text: json.text }], many: false }
      : { kind: "none", reason: "the body is neither an object nor a list of objects" };
  if (body.length > max) return tooMany(max);
  const texts = elementTexts(json.text);
  return many(body.map((value: unknown, index) => ({ value, text: texts[index]! })));
}

/** The events of JSON Lines, which are what they would be as the elements of a list. */
export function eventsInLines(
  lines: readonly JsonValue[],
  request: Pick<EventSubject, "headers" | "query">,
  options: EventOptions,
): FoundEvents {
  if (lines.length > options.eventsPerDeliveryMax) return tooMany(options.eventsPerDeliveryMax);
  if (options.events === undefined) return many(lines);
  const body = lines.map(({ value }) => value);
  const json = new JsonText(`[${lines.map(({ text }) => text).join(",")}]`);
  return eventsAt({ ...request, body, json }, options.events, options.eventsPerDeliveryMax);
}

function many(values: readonly JsonValue[]): FoundEvents {
  return { kind: "found", values, many: true };
}

function tooMany(max: number): FoundEvents {
  const reason = `the delivery holds more events than limits.eventsPerDeliveryMax ${max}`;
  return { kind: "none", reason };
}

function eventsAt(whole: EventSubject, path: Path, max: number): FoundEvents {
  const places: Found[] = [];
  try {
    for (const place of path.find(whole)) if (places.push(place) > max) break;
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
    return { kind: "none", reason: error.message };
  }
  if (places.length === 0) return { kind: "none", reason: `no event stands at ${path.text}` };
  const events = elementsOfOnly(places, max) ?? places;
  if (events.length > max) return tooMany(max);
  const values = events.map(({ value, location = [] }) => ({
    value,
    text: whole.json.at(location) ?? JSON.stringify(value),
  }));
  return many(values);
}

/**
 * A path that leads to one list means its elements, as `$.list[*]` does, of which none may be there; one more than
 * allowed at the most.
 */
function elementsOfOnly(places: readonly Found[], max: number): readonly Found[] | undefined {
  const only = places.length === 1 ? places[0]! : undefined;
  if (only === undefined || !Array.isArray(only.value)) return undefined;
  const location: Location = only.location ?? [];
  return only.value.slice(0, max + 1).map((value: unknown, index) => ({
    value,
    location: [...location, index],
  }));
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
