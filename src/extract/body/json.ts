/** JSON and lines of JSON: from text to the events in it, each with its own text as received. */
import { elementTexts, isDeeperThan, type Location, JsonText } from "../json-text.ts";
import { PathEvaluationError, type Found, type Path, type Subject } from "../path.ts";
import type { Source } from "../source.ts";
import { unparseable, type Parsed } from "./content.ts";

/** A value and the text it was read from. */
export interface JsonEvent {
  readonly value: unknown;
  readonly json: JsonText;
}

/** What stands in a body: events, of which many means that the body may hold any number; or why it holds none. */
export type JsonEvents =
  | { readonly events: readonly JsonEvent[]; readonly many: boolean }
  | { readonly unmappable: string };

function parseJson(text: string, depthMax: number): Parsed<JsonEvent> {
  if (isDeeperThan(text, depthMax))
    return unparseable(`The body is nested deeper than ${depthMax} levels.`);
  try {
    return { value: { value: JSON.parse(text) as unknown, json: new JsonText(text) } };
  } catch (error) {
    return unparseable(`The body is not JSON: ${syntaxFault(error)}`);
  }
}

/** A text that is one JSON value, or lines of objects, as some send them under the type of JSON. */
export function readJson(
  text: string,
  request: Omit<Subject, "body">,
  source: Source,
): Parsed<JsonEvents> {
  const whole = parseJson(text, source.jsonDepthMax);
  if ("value" in whole) return { value: elementsOf(whole.value, request, source) };
  const lines = text.includes("\n") ? readLines(text, source) : whole;
  if ("fault" in lines || !("events" in lines.value)) return whole;
  return lines.value.events.every(({ value }) => isObject(value)) ? lines : whole;
}

/** One event a line; blank lines are none. */
export function readLines(text: string, source: Source): Parsed<JsonEvents> {
  const { eventsPerDeliveryMax, jsonDepthMax } = source;
  const events: JsonEvent[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const bare = line.trim();
    if (bare === "") continue;
    if (events.length === eventsPerDeliveryMax)
      return { value: { unmappable: tooMany(eventsPerDeliveryMax) } };
    const parsed = parseJson(bare, jsonDepthMax);
    if ("fault" in parsed)
      return unparseable(parsed.fault.detail.replace("The body", `Line ${index + 1} of the body`));
    events.push(parsed.value);
  }
  return { value: { events, many: true } };
}

function tooMany(max: number): string {
  return `the delivery holds more events than limits.eventsPerDeliveryMax ${max}`;
}

/** The events of a value: its elements, what stands where the source says, or the one object that it is. */
function elementsOf(
  { value: body, json }: JsonEvent,
  request: Omit<Subject, "body">,
  source: Source,
): JsonEvents {
  const max = source.eventsPerDeliveryMax;
  if (source.events !== undefined) {
    const places = placesOfEvents({ ...request, body }, source.events, max);
    if (typeof places === "string") return { unmappable: places };
    if (places.length > max) return { unmappable: tooMany(max) };
    const events = places.map(({ value, location = [] }) => ({
      value,
      json: new JsonText(json.at(location) ?? JSON.stringify(value)),
    }));
    return { events, many: true };
  }
  if (!Array.isArray(body))
    return isObject(body)
      ? { events: [{ value: body, json }], many: false }
      : { unmappable: "the body is neither an object nor a list of objects" };
  if (body.length > max) return { unmappable: tooMany(max) };
  const texts = elementTexts(json.text);
  const events = body.map((value: unknown, index) => ({
    value,
    json: new JsonText(texts[index]!),
  }));
  return { events, many: true };
}

/** Where the configured path finds events, one more than allowed at the most; a text where it finds none. */
function placesOfEvents(whole: Subject, path: Path, max: number): readonly Found[] | string {
  const places: Found[] = [];
  try {
    for (const place of path.find(whole)) if (places.push(place) > max) break;
  } catch (error) {
    if (!(error instanceof PathEvaluationError)) throw error;
    return error.message;
  }
  // A dotted path that leads to a list means its elements, as `$.list[*]` does; an empty list holds no events.
  const only = places.length === 1 ? places[0]! : undefined;
  if (only !== undefined && Array.isArray(only.value)) {
    const location: Location = only.location ?? [];
    return only.value.slice(0, max + 1).map((value: unknown, index) => ({
      value,
      location: [...location, index],
    }));
  }
  return places.length === 0 ? `no event stands at ${path.text}` : places;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What JSON.parse says, without the piece of the body that it quotes: a body may hold secrets. */
function syntaxFault(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `unexpected character at position ${position}.`;
  return message.includes("end of JSON input") ? "it ends too early." : "it has a syntax error.";
}
