/** All texts in what was sent, whatever they are: for whoever looks for somebody in it. */
import { parseBody, type RequestParts } from "./body.ts";
import { expandBody } from "./body/expand.ts";
import { decodeUtf8 } from "./body/utf8.ts";
import type { Source } from "./source.ts";

/** The texts of a JSON value: strings, numbers and keys. */
function textsIn(value: unknown): string[] {
  const texts: string[] = [];
  const left: unknown[] = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === "string") texts.push(next);
    else if (typeof next === "number") texts.push(String(next));
    else if (Array.isArray(next)) for (const element of next) left.push(element);
    else if (typeof next === "object" && next !== null)
      for (const [key, member] of Object.entries(next)) {
        texts.push(key);
        left.push(member);
      }
  }
  return texts;
}

/** The texts of JSON text, and that text itself, in which no digit is lost; only itself where it is none. */
export function textsInJson(text: string): string[] {
  try {
    return [text, ...textsIn(JSON.parse(text))];
  } catch {
    return [text];
  }
}

// What is kept was once let in, by whatever limits held then.
const EXPANDED_BYTES_MAX = 256 * 2 ** 20;

/** The texts of each event of a delivery, or of the whole where its events cannot be told apart. */
export function textsOfDelivery(
  request: RequestParts,
  source: Source | undefined,
): readonly (readonly string[])[] {
  const around = [...request.headers.values(), ...request.query.values()];
  const parsed = source === undefined ? undefined : parseBody(request, source);
  const events =
    parsed?.kind === "events"
      ? parsed.subjects.map(({ body, json }) => [json.text, ...textsIn(body), ...around])
      : [];
  // Where they are told apart by a path, there is more than events.
  const isAll = events.length > 0 && source?.events === undefined;
  return isAll ? events : [...events, [...around, ...textsOfBody(request)]];
}

/** Read as whatever it may be: JSON, lines of it, a form, or plain text. */
function textsOfBody({ body, headers }: RequestParts): string[] {
  const expanded = expandBody(body, headers.get("content-encoding"), EXPANDED_BYTES_MAX);
  const bytes = "fault" in expanded ? body : expanded.value;
  const text = decodeUtf8(bytes) ?? Buffer.from(bytes).toString("latin1");
  const whole = textsInJson(text);
  if (whole.length > 1) return whole;
  const fields = [...new URLSearchParams(text)].flat();
  return [text, ...text.split("\n").flatMap(textsInJson), ...fields];
}
