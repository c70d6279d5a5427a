/**
 * The configuration file: read, its `${NAME}`s replaced, validated, compiled. Everything that is wrong is told at
 * once, each fault with its file, line, path and fix, and never with the value of a key.
 */
import { readFileSync } from "node:fs";
import { distance } from "fastest-levenshtein";
import type { z } from "zod";
import { configSchema, type Config, type Limits } from "../schema/config.ts";
import { ConfigError, ConfigText, type ConfigFault, type Environment } from "./config-text.ts";
import { normaliseEmailPattern } from "./extract/normalise.ts";
import { compileSource, type Source } from "./extract/source.ts";
import { compilePattern, type Pattern } from "./identity/pattern.ts";
import type { NamespaceRules, Rules } from "./identity/rules.ts";

/** A configuration made ready to run by. */
export interface Settings {
  readonly database: string;
  readonly apiKeys: Config["apiKeys"];
  readonly sources: ReadonlyMap<string, Source>;
  readonly rules: Rules;
  readonly limits: Limits;
  /** What is accepted but deserves a second look. */
  readonly warnings: readonly ConfigFault[];
}

/** Throws a ConfigError that names the faults. */
export function loadConfig(file: string, environment: Environment): Settings {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const message =
      code === "ENOENT"
        ? "there is no such file; create it or name another with --config"
        : `the file cannot be read (${code})`;
    throw new ConfigError([{ file, line: undefined, path: "", message }]);
  }
  return parseConfig(text, file, environment);
}

/** The same for a text; `file` stands in the messages. Throws a ConfigError. */
export function parseConfig(text: string, file: string, environment: Environment): Settings {
  const source = new ConfigText(text, file);
  source.replaceVariables(environment);
  const parsed = configSchema.safeParse(source.value());
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.flatMap((issue) => issueFaults(issue, source)));
  }
  return compileSettings(parsed.data, source);
}

function issueFaults(issue: z.core.$ZodIssue, source: ConfigText): ConfigFault[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      ...source.fault([...issue.path, key], `unknown key${suggestion(key, knownKeys(issue.path))}`),
      line: source.lineOfKey(issue.path, key),
    }));
  }
  if (issue.code === "invalid_key") {
    const message = issue.issues[0]?.message ?? issue.message;
    return [source.fault(issue.path, `not a name: ${message}`)];
  }
  if (issue.code === "invalid_union") {
    return [
      source.fault(
        issue.path,
        'expected a path such as "event.user.id", a literal { value: … }, or a list of them',
      ),
    ];
  }
  return [source.fault(issue.path, issue.message)];
}

/** The keys that the schema knows at a path, found by walking the schema itself. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = configSchema;
  for (const part of path) schema = child(unwrapped(schema), part);
  const { shape } = unwrapped(schema) as { shape?: object };
  return shape === undefined ? [] : Object.keys(shape);
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (
    typeof (inner as { unwrap?: unknown } | undefined)?.unwrap === "function" &&
    !("element" in (inner as object))
  )
    inner = (inner as { unwrap(): unknown }).unwrap();
  return inner ?? {};
}

function child(schema: unknown, part: PropertyKey): unknown {
  const parent = schema as {
    shape?: Record<PropertyKey, unknown>;
    element?: unknown;
    valueType?: unknown;
  };
  return parent.shape?.[part] ?? parent.element ?? parent.valueType;
}

function suggestion(key: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({
      candidate,
      edits: distance(key.toLowerCase(), candidate.toLowerCase()),
    }))
    .toSorted((left, right) => left.edits - right.edits)[0];
  if (nearest !== undefined && nearest.edits <= Math.max(2, key.length / 3))
    return `; did you mean ${nearest.candidate}?`;
  return known.length === 0 ? "" : `; known are ${known.join(", ")}`;
}

function compileSettings(config: Config, text: ConfigText): Settings {
  const faults: ConfigFault[] = [];
  const sources = new Map<string, Source>();
  for (const [name, sourceConfig] of Object.entries(config.sources)) {
    const compiled = compileSource(name, sourceConfig, config.limits);
    if ("source" in compiled) sources.set(name, compiled.source);
    else
      faults.push(
        ...compiled.faults.map(({ path, message }) =>
          text.fault(["sources", name, ...path], message),
        ),
      );
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    database: config.database,
    apiKeys: config.apiKeys,
    sources,
    rules: compileRules(config.identity.namespaces),
    limits: config.limits,
    warnings: warningsOf(config, text),
  };
}

/**
 * Senders of machines, not people: the local parts of RFC 2142 and RFC 3834 that nobody reads. `noreply@github.com`
 * alone stands in a dozen of GitHub's own example payloads as the committer.
 */
const BLOCKED_BY_DEFAULT: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "email",
    [
      "noreply@*",
      "no-reply@*",
      "no_reply@*",
      "donotreply@*",
      "do-not-reply@*",
      "do_not_reply@*",
      "mailer-daemon@*",
      "postmaster@*",
    ],
  ],
]);

function compileRules(configured: Config["identity"]["namespaces"]): Rules {
  const namespaces = new Map<string, NamespaceRules>();
  for (const name of new Set([...BLOCKED_BY_DEFAULT.keys(), ...Object.keys(configured)])) {
    const block = configured[name]?.block ?? BLOCKED_BY_DEFAULT.get(name) ?? [];
    namespaces.set(name, {
      block: block.map((pattern) => blockPattern(name, pattern)),
      trust: configured[name]?.trust ?? "claimed",
    });
  }
  return { namespaces };
}

/** A pattern is written as people write addresses; what it is compared with is normalised. */
function blockPattern(namespace: string, pattern: string): Pattern {
  return compilePattern(namespace === "email" ? normaliseEmailPattern(pattern) : pattern);
}

const RULES_NOT_ENFORCED = ["limit", "genericAfter", "priority"] as const;

function warningsOf(config: Config, text: ConfigText): ConfigFault[] {
  const warnings: ConfigFault[] = [];
  for (const [name, rules] of Object.entries(config.identity.namespaces)) {
    for (const rule of RULES_NOT_ENFORCED) {
      if (rules[rule] === undefined) continue;
      warnings.push(
        text.fault(
          ["identity", "namespaces", name, rule],
          "this version reads the rule but does not enforce it yet",
        ),
      );
    }
  }
  for (const [name, source] of Object.entries(config.sources)) {
    if (source.replaceProfileId === undefined && Object.keys(source.identifiers).length === 0)
      warnings.push(
        text.fault(
          ["sources", name],
          "neither replaceProfileId nor identifiers: no event of this source can be anybody's",
        ),
      );
  }
  return warnings;
}
