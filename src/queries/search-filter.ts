/** From a filter as people write it to one that a store answers. Knows how an identifier may be spelt; finds nobody itself. */
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import { decimalText } from "../extract/json-text.ts";
import type { SearchFilter } from "../store/search.ts";
import type { References } from "./references.ts";

/** Something in a filter that can stand for nobody, and where in the filter it lies. */
export interface FilterFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export type CompiledFilter =
  | { readonly filter: SearchFilter }
  | { readonly faults: readonly FilterFault[] };

export async function compileFilter(
  references: References,
  filter: SearchFilterInput | undefined,
): Promise<CompiledFilter> {
  if (filter === undefined) return { filter: { kind: "everybody" } };
  const compilation = new Compilation(references);
  const compiled = await compilation.compile(filter, []);
  const { faults } = compilation;
  return faults.length > 0 ? { faults } : { filter: compiled };
}

type Attribute = NonNullable<SearchFilterInput["attribute"]>;
type Value = NonNullable<Attribute["value"]>;

class Compilation {
  readonly #references: References;
  readonly faults: FilterFault[] = [];

  constructor(references: References) {
    this.#references = references;
  }

  /** The schema has seen to it that there is exactly one key. */
  async compile(filter: SearchFilterInput, path: readonly PropertyKey[]): Promise<SearchFilter> {
    const { and, or, not, attribute, identifier, event } = filter;
    if (and !== undefined) return { kind: "all", of: await this.#each(and, [...path, "and"]) };
    if (or !== undefined) return { kind: "any", of: await this.#each(or, [...path, "or"]) };
    if (not !== undefined) return { kind: "not", of: await this.compile(not, [...path, "not"]) };
    if (attribute !== undefined) return this.#attribute(attribute);
    if (identifier !== undefined) return this.#identifier(identifier, [...path, "identifier"]);
    return { kind: "events", ...event! };
  }

  async #each(
    filters: readonly SearchFilterInput[],
    path: readonly PropertyKey[],
  ): Promise<SearchFilter[]> {
    const compiled: SearchFilter[] = [];
    for (const [index, filter] of filters.entries())
      compiled.push(await this.compile(filter, [...path, index]));
    return compiled;
  }

  async #identifier(reference: string, path: readonly PropertyKey[]): Promise<SearchFilter> {
    const read = await this.#references.read(reference);
    if ("id" in read) return { kind: "identifier", id: read.id };
    this.faults.push({ path, message: read.unusable });
    return { kind: "identifier", id: undefined };
  }

  /** What is no identifier may still be the value of a trait. */
  async #attribute({ field, value }: Attribute): Promise<SearchFilter> {
    if (value === undefined) return { kind: "exists", name: field };
    const text = idTextOf(value);
    const read = text === undefined ? undefined : await this.#references.readValue(field, text);
    const id = read !== undefined && "id" in read ? read.id : undefined;
    return { kind: "equals", name: field, value: jsonTextOf(value), id };
  }
}

function jsonTextOf(value: Value): string {
  return typeof value === "object" ? value.number : JSON.stringify(value);
}

/** The value as an identifier is written; a number by its decimal text. */
function idTextOf(value: Value): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "boolean" ? undefined : decimalText(jsonTextOf(value));
}
