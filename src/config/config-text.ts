/**
 * The text of a configuration: its YAML, its `${NAME}`s, and the way from a path in it back to the line it stands on.
 * Knows nothing of what the configuration means.
 */
import { isScalar, LineCounter, parseDocument, visit, type Document, type Node } from "yaml";

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

export type Environment = Readonly<Record<string, string | undefined>>;

const ALIASES_MAX = 100;

export class ConfigText {
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
    try {
      return this.#document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
    } catch (error) {
      // An alias without its anchor, or aliases that would unfold into far more than was written.
      if (!(error instanceof ReferenceError)) throw error;
      throw new ConfigError([this.fault([], `not YAML: ${error.message}`)]);
    }
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

/** Such as `sources.chat.replaceProfileId[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}
