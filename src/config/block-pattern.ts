/**
 * Blocked values as they are written: an exact text, one with stars, or a regular expression. Owns how each form is
 * told from the others, what its normal form is, and whether a list of them leaves any value unblocked.
 */
import type { BlockPattern } from "../../schema/config.ts";
import { normaliseEmailPattern } from "../extract/normalise.ts";
import { compilePattern, type Pattern } from "../identity/pattern.ts";
import { compileLinearRegex } from "./linear-regex.ts";

export type CompiledBlockPattern =
  | { readonly pattern: Pattern; readonly warning: string | undefined }
  | { readonly fault: string };

/** The pattern's text is its normal form: two patterns that are the same but for their writing have the same. */
export function compileBlockPattern(
  namespace: string,
  written: BlockPattern,
): CompiledBlockPattern {
  const source = regexSource(written);
  if (source === undefined) {
    const text = written as string;
    return { pattern: glob(namespace, text), warning: flagsWarning(text) };
  }
  const compiled = compileLinearRegex(source);
  if ("fault" in compiled) return compiled;
  return {
    pattern: { text: `/${source}/`, matches: (value) => compiled.regex.matches(value) },
    warning: namespace === "email" ? upperCaseWarning(source) : undefined,
  };
}

/** The regular expression that was written, if it is one. A single slash is a value. */
export function regexSource(written: BlockPattern): string | undefined {
  if (typeof written !== "string") return written.regex;
  return /^\/.*\/$/s.test(written) ? written.slice(1, -1) : undefined;
}

/** Patterns are written as people write addresses; what they are compared with is normalised. */
function glob(namespace: string, written: string): Pattern {
  const text = written.replace(/\*+/g, "*");
  return compilePattern(namespace === "email" ? normaliseEmailPattern(text) : text);
}

function flagsWarning(text: string): string | undefined {
  return /^\/.+\/[dgimsuvy]+$/s.test(text)
    ? "taken for an exact value, because flags cannot follow the slash; to ignore case write /(?i)…/"
    : undefined;
}

/** What is no literal letter: escapes, classes (where `A-Z` beside `a-z` is a habit), names of groups. */
const NOT_LITERAL = /\\[pPx]\{[^}]*\}|\\x..|\\[pP]?.|\[[^\]]*\]|\(\?P?<[^>]*>|\(\?[a-zA-Z]+/gs;

function upperCaseWarning(source: string): string | undefined {
  if (/\(\?[a-zA-Z]*i/.test(source)) return undefined;
  const letter = /\p{Lu}/u.exec(source.replace(NOT_LITERAL, ""))?.[0];
  return letter === undefined
    ? undefined
    : `"${letter}" can never match, because e-mail addresses are compared in lower case; write it so, or put (?i) in front`;
}

/** Whether no value of the namespace escapes the patterns, as far as values of every kind can tell. */
export function blocksEveryValue(namespace: string, patterns: readonly Pattern[]): boolean {
  return samplesOf(namespace).every((value) => patterns.some((pattern) => pattern.matches(value)));
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz".split("");
const DIGITS = "0123456789".split("");
/** All that is printed in ASCII. A value is trimmed, so none is a blank. */
const CHARACTERS = Array.from({ length: 0x7e - 0x20 }, (_, index) =>
  String.fromCharCode(0x21 + index),
);

/** Values in normal form that have as little in common as the namespace allows: no character and no length. */
function samplesOf(namespace: string): readonly string[] {
  if (namespace === "email") return EMAIL_SAMPLES;
  if (namespace === "phone") return PHONE_SAMPLES;
  return SAMPLES;
}

const EMAIL_SAMPLES = [
  ...LETTERS.map((letter) => `${letter}@${letter}`),
  ...DIGITS.map((digit) => `${digit}@${digit}z`),
  "+@q",
  "é@xn--9ca",
  `${"ab".repeat(100)}@${"cd.".repeat(10)}example`,
];
const PHONE_SAMPLES = [
  ...DIGITS.slice(1).map((digit) => `+${digit.repeat(8)}`),
  "+123456789012345",
];
const SAMPLES = [...CHARACTERS, "é", "漢", "😀", "a1-".repeat(170)];
