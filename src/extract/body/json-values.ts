/** JSON and JSON Lines as they come: text that is checked and kept, with what it holds. */
import { isDeeperThan } from "../json-text.ts";
import { unparseable, type Read } from "./fault.ts";

/** A JSON value and the text it was read from, so that nothing is lost that parsing loses. */
export interface JsonValue {
  readonly value: unknown;
  readonly text: string;
}

export interface JsonLimits {
  readonly jsonDepthMax: number;
  readonly eventsPerDeliveryMax: number;
}

export function readJson(text: string, { jsonDepthMax }: JsonLimits): Read<JsonValue> {
  return readValue(text, jsonDepthMax, "The body");
}

function readValue(text: string, jsonDepthMax: number, what: string): Read<JsonValue> {
  if (isDeeperThan(text, jsonDepthMax))
    return { fault: unparseable(`${what} is nested deeper than ${jsonDepthMax} levels.`) };
  try {
    return { value: { value: JSON.parse(text) as unknown, text } };
  } catch (error) {
    return { fault: unparseable(`${what} is not JSON: ${syntaxFault(error)}`) };
  }
}

/** The values of JSON Lines; one more than a delivery may hold at the most, for then it is turned away anyhow. */
export function readJsonLines(text: string, limits: JsonLimits): Read<readonly JsonValue[]> {
  const values: JsonValue[] = [];
  for (const { number, line } of linesWithText(text)) {
    const read = readValue(line, limits.jsonDepthMax, `Line ${number}`);
    if ("fault" in read) return read;
    if (values.push(read.value) > limits.eventsPerDeliveryMax) break;
  }
  return { value: values };
}

/**
 * Some senders write JSON Lines and call them application/json. Undefined where the text is not at least two lines of
 * one object each: then what is wrong with it is what is wrong with it as JSON.
 */
export function readMislabelledLines(
  text: string,
  limits: JsonLimits,
): readonly JsonValue[] | undefined {
  // The first line tells nearly every body that is none: it is not read to its end.
  for (const { line } of linesWithText(text)) {
    if (!line.startsWith("{") || !line.endsWith("}")) return undefined;
    break;
  }
  const read = readJsonLines(text, limits);
  // One line alone that can be read was JSON already.
  if ("fault" in read || read.value.length === 0) return undefined;
  return read.value.every(({ text: line }) => line.startsWith("{")) ? read.value : undefined;
}

interface NumberedLine {
  /** From 1, blank lines counted. */
  readonly number: number;
  readonly line: string;
}

/** A line ends with a line feed and nothing else: JSON's strings may hold the other separators. */
function* linesWithText(text: string): Iterable<NumberedLine> {
  let number = 0;
  for (let start = 0; start <= text.length;) {
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed;
    number++;
    const line = trimJson(text.slice(start, end));
    if (line !== "") yield { number, line };
    start = end + 1;
  }
}

/** Without the white space that JSON knows; any other is no blank to it. */
function trimJson(text: string): string {
  const isSpace = (at: number) => " \t\r".includes(text.charAt(at));
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}

/** Whether the text is JSON for which somebody forgot the content type, as curl and many a script send it. */
export function isForgottenJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What JSON.parse says, without the piece of the body that it quotes: a body may hold secrets. */
function syntaxFault(error: unknown): string {
  const message = error instanceof Error ? error.message : "";
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `unexpected character at position ${position}.`;
  return message.includes("end of JSON input") ? "it ends too early." : "it has a syntax error.";
}
