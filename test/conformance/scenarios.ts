/** The scenario files: found, read by their schema, and their repetitions written out. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scenarioSchema, type Scenario } from "./format.ts";

export interface NamedScenario extends Scenario {
  /** The file, without its ending. */
  readonly file: string;
}

const folder = join(import.meta.dirname, "scenarios");

export function readScenarios(): NamedScenario[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .map((name) => readScenario(name));
}

function readScenario(name: string): NamedScenario {
  const parsed = scenarioSchema.safeParse(
    JSON.parse(readFileSync(join(folder, name), "utf8")) as unknown,
  );
  if (!parsed.success) throw new Error(`${name}: ${parsed.error.message}`);
  return { ...(writtenOut(parsed.data) as Scenario), file: name.replace(/\.json$/, "") };
}

/** Every entry of a list that says `repeat` is replaced by what it stands for. */
function writtenOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((entry) => entriesOf(entry));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, writtenOut(part)]));
}

function entriesOf(entry: unknown): unknown[] {
  const { repeat, as, ...rest } = (entry ?? {}) as { repeat?: unknown; as?: unknown };
  if (typeof repeat !== "number" || typeof as !== "string") return [writtenOut(entry)];
  return Array.from({ length: repeat }, (_, index) => writtenOut(counted(rest, as, index + 1)));
}

/** `{i}` and `{i+2}` become the number; a text that is nothing else becomes a number itself. */
function counted(value: unknown, letter: string, count: number): unknown {
  if (typeof value === "string") {
    const place = new RegExp(`\\{${letter}(?:\\+(\\d+))?\\}`, "g");
    const text = value.replace(place, (_, more: string | undefined) =>
      String(count + Number(more ?? 0)),
    );
    return new RegExp(`^${place.source}$`).test(value) ? Number(text) : text;
  }
  if (Array.isArray(value)) return value.map((part) => counted(part, letter, count));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, counted(part, letter, count)]),
  );
}
