/** Header values with parameters, `text/plain; charset="utf-8"`, as RFC 9110 (5.6.6) writes them; odd ones do no harm. */

export interface HeaderValue {
  /** What stands before the parameters, in lower case. */
  readonly main: string;
  /** By lower-case name; of a repeated one the first. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * In the parameters of a form's part a backslash is a backslash, as browsers write it, and not the sign that the next
 * character is quoted: `backslash` says which it is.
 */
export function parseHeaderValue(
  text: string,
  backslash: "quotes" | "is-itself" = "quotes",
): HeaderValue {
  const [main = "", ...pieces] = splitOutsideQuotes(text, backslash);
  const parameters = new Map<string, string>();
  for (const piece of pieces) {
    const equals = piece.indexOf("=");
    if (equals < 0) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (!parameters.has(name))
      parameters.set(name, unquote(piece.slice(equals + 1).trim(), backslash));
  }
  return { main: main.trim().toLowerCase(), parameters };
}

function splitOutsideQuotes(text: string, backslash: "quotes" | "is-itself"): string[] {
  const pieces: string[] = [];
  let start = 0;
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') inQuotes = !inQuotes;
    else if (inQuotes && character === "\\" && backslash === "quotes") at++;
    else if (!inQuotes && character === ";") {
      pieces.push(text.slice(start, at));
      start = at + 1;
    }
  }
  pieces.push(text.slice(start));
  return pieces;
}

function unquote(text: string, backslash: "quotes" | "is-itself"): string {
  if (!text.startsWith('"')) return text;
  const inner = text.slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined);
  return backslash === "quotes" ? inner.replace(/\\(.)/gs, "$1") : inner;
}
