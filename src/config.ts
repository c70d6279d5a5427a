/**
 * The configuration file: read, its `${NAME}`s replaced, validated, compiled. Everything that is wrong is told at
 * once, each fault with its file, line, path and fix, and never with a value that came from the environment.
 */
import { readFileSync } from "node:fs";
import { distance } from "fastest-levenshtein";
import { isScalar, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";
import type { z } from "zod";
import { configSchema, type Config, type Limits } from "../schema/config.ts";
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

export interface ConfigFault {
  readonly file: string;
  /** From 1; undefined where the fault is of the file as a whole. */
  readonly line: number | undefined;
  /** Such as `sources.chat.replaceProfileId`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    const inOrder = faults.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
    super(inOrder.map(formatFault).join("\n"));
    this.faults = inOrder;
  }
}

/** `selfsame.yaml:12: sources.chat.eventTyp: unknown key; did you mean eventType?` */
export function formatFault({ file, line, path, message }: ConfigFault): string {
  return [line === undefined ? file : `${file}:${line}`, path, message]
    .filter((part) => part !== "")
    .join(": ");
}

type Environment = Readonly<Record<string, string | undefined>>;

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

class ConfigText {
  readonly file: string;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(text: string, file: string) {
    this.file = file;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    if (this.#document.errors.length > 0) {
      throw new ConfigError(
        this.#document.errors.map((error) => ({
          file,
          line: this.#lines.linePos(error.pos[0]).line,
          path: "",
          message: `not YAML: ${error.message}`,
        })),
      );
    }
  }

  value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) ?? {};
  }

  fault(path: readonly PropertyKey[], message: string): ConfigFault {
    return { file: this.file, line: this.#lineOf(path), path: formatPath(path), message };
  }

  /** Replaces every `${NAME}` in values, after parsing, so that no value can change the structure of the file. */
  replaceVariables(environment: Environment): void {
    const faults: ConfigFault[] = [];
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key === "key" || typeof node.value !== "string") return;
        node.value = node.value.replace(
          /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g,
          (written, name: string) => {
            const value = environment[name];
            if (value !== undefined) return value;
            faults.push({
              file: this.file,
              line: this.#lineOfNode(node),
              path: "",
              message: `the environment variable ${name} is not set; set it before the start`,
            });
            return written;
          },
        );
      },
    });
    if (faults.length > 0) throw new ConfigError(faults);
  }

  /** The line of the deepest part of the path that the file holds. */
  #lineOf(path: readonly PropertyKey[]): number | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      const line = this.#lineOfNode(node);
      if (line !== undefined) return line;
    }
    return undefined;
  }

  #lineOfNode(node: unknown): number | undefined {
    const range = (node as Node | undefined)?.range;
    if (range === undefined || range === null) return undefined;
    return this.#lines.linePos(range[0]).line;
  }

  /** The line on which a key of a map is written. */
  lineOfKey(path: readonly PropertyKey[], key: string): number | undefined {
    let line: number | undefined;
    visit(this.#document, {
      Pair: (_, pair, ancestors) => {
        if (!isScalar(pair.key) || pair.key.value !== key) return undefined;
        if (ancestors.at(-1) !== this.#mapAt(path)) return undefined;
        line = this.#lineOfNode(pair.key);
        return visit.BREAK;
      },
    });
    return line ?? this.#lineOf(path);
  }

  #mapAt(path: readonly PropertyKey[]): unknown {
    return path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
  }
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
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
const BLOCKED_BY_DEFAULT: Readonly<Record<string, readonly string[]>> = {
  email: [
    "noreply@*",
    "no-reply@*",
    "no_reply@*",
    "donotreply@*",
    "do-not-reply@*",
    "do_not_reply@*",
    "mailer-daemon@*",
    "postmaster@*",
  ],
};

function compileRules(configured: Config["identity"]["namespaces"]): Rules {
  const namespaces = new Map<string, NamespaceRules>();
  for (const name of new Set([...Object.keys(BLOCKED_BY_DEFAULT), ...Object.keys(configured)])) {
    const block = configured[name]?.block ?? BLOCKED_BY_DEFAULT[name] ?? [];
    namespaces.set(name, {
      block: block.map((pattern) => blockPattern(name, pattern)),
      trust: configured[name]?.trust ?? "claimed",
    });
  }
  return { namespaces };
}

/** E-mail addresses are compared in lower case, so a pattern for them is too. */
function blockPattern(namespace: string, pattern: string): Pattern {
  return compilePattern(namespace === "email" ? pattern.toLowerCase() : pattern);
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
