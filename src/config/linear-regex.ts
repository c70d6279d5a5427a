/**
 * Regular expressions that anybody may be let to write: matching one takes time linear in the value, and neither
 * compiling one nor keeping it costs more than a little. The only file that knows the engine.
 */
import { RE2JS, RE2JSException, RE2Set } from "re2js";
import { REGEX_CHARACTERS_MAX } from "../../schema/config.ts";

export interface LinearRegex {
  /** Whether the expression is found anywhere in the value. */
  matches(value: string): boolean;
}

/** Matching costs at most this many steps for each character, and a UUID with all its digits counted takes 40. */
const INSTRUCTIONS_MAX = 1000;
/** Above this it is not even compiled: the engine itself would go on to 256,000 instructions, for a quarter of a second. */
const INSTRUCTIONS_ESTIMATED_MAX = 5000;
/** What the engine remembers of earlier matches. Its own default is 8 MiB for each expression, never given back. */
const CACHE_BYTES_MAX = 2 ** 18;

/** The expression, or what is wrong with it and how to mend it. */
export function compileLinearRegex(
  source: string,
): { readonly regex: LinearRegex } | { readonly fault: string } {
  if (source.length > REGEX_CHARACTERS_MAX)
    return {
      fault: `a regular expression may have ${REGEX_CHARACTERS_MAX} characters; this one has ${source.length}, so write it as several`,
    };
  try {
    if (
      estimatedInstructions(source) > INSTRUCTIONS_ESTIMATED_MAX ||
      RE2JS.compile(source).programSize() > INSTRUCTIONS_MAX
    )
      return {
        fault: "the regular expression repeats too much to be quick; lower the counts in its {…}",
      };
    return { regex: compiled(source) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { fault: syntaxFault(source, error) };
  }
}

/** A set of one: alone of what the engine offers, a set lets its memory be bounded. */
function compiled(source: string): LinearRegex {
  const set = new RE2Set(RE2Set.UNANCHORED, 0, CACHE_BYTES_MAX);
  set.add(source);
  set.compile();
  return { matches: (value) => set.match(value).length > 0 };
}

/**
 * At least about what the engine would compile, found without compiling: every character is one instruction, a counted
 * repetition of one character adds its count, and that of a group multiplies everything. `\E` may follow a group and
 * stand for nothing, so a count behind it may be a group's.
 */
function estimatedInstructions(source: string): number {
  let alone = source.length;
  let multiplied = 1;
  for (const { index, 1: least, 2: most } of source.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    const times = Math.max(1, Number(least), Number(most ?? 0));
    if (/(\)|\\E)$/.test(source.slice(0, index))) multiplied *= times;
    else alone += times;
  }
  return alone * multiplied;
}

function syntaxFault(source: string, error: RE2JSException): string {
  const said = error.message.replace(/^error parsing regexp: /, "");
  return `not a regular expression of RE2's syntax: ${said}${adviceFor(source)}`;
}

function adviceFor(source: string): string {
  if (/\(\?<?[=!]/.test(source))
    return "; look-around is not supported, because it cannot be matched in linear time: say what to block without it";
  if (/\\([1-9]|k[<{'])/.test(source))
    return "; back-references are not supported, because they cannot be matched in linear time: write out what repeats";
  return "";
}
