/**
 * Searching for people: what a search asks of the store, and what it is told as. Who asks decides where the store is asked;
 * one person by one identifier is looked up here at once.
 */
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import type { Settings } from "../config/config.ts";
import type { SearchRequest } from "../store/search.ts";
import type { SearchPage, Store } from "../store/store.ts";
import { profileView, type ProfileView } from "./people.ts";
import type { ReadReference, References } from "./references.ts";
import { compileFilter, type FilterFault } from "./search-filter.ts";

export interface PeopleSearchOptions {
  readonly store: Store;
  readonly references: References;
  readonly limits: Pick<Settings["limits"], "pageBytesMax">;
}

export interface SearchQuery {
  /** Default: everybody. */
  readonly filter: SearchFilterInput | undefined;
  /** Behind which place the page starts; 0 for the first. */
  readonly after: number;
  readonly limit: number;
}

export class PeopleSearch {
  readonly #options: PeopleSearchOptions;

  constructor(options: PeopleSearchOptions) {
    this.#options = options;
  }

  /** Faults are told by their paths in the filter. */
  async request({
    filter,
    after,
    limit,
  }: SearchQuery): Promise<
    { readonly request: SearchRequest } | { readonly faults: readonly FilterFault[] }
  > {
    const { references, limits } = this.#options;
    const compiled = await compileFilter(references, filter);
    if ("faults" in compiled) return compiled;
    return { request: { filter: compiled.filter, after, limit, bytesMax: limits.pageBytesMax } };
  }

  /** Whoever a reference stands for, nobody, or why it can stand for nobody. */
  holder(reference: string): Promise<Holder> {
    return this.#holder(this.#options.references.read(reference));
  }

  /** The same of a value in a namespace. */
  holderOf(namespace: string, value: string): Promise<Holder> {
    return this.#holder(this.#options.references.readValue(namespace, value));
  }

  async #holder(reading: Promise<ReadReference>): Promise<Holder> {
    const read = await reading;
    if ("unusable" in read) return read;
    const record = read.id === undefined ? undefined : await this.#options.store.profile(read.id);
    return { profiles: record === undefined ? [] : [profileView(record)] };
  }
}

/** One at most. */
export type Holder = { readonly profiles: readonly ProfileView[] } | { readonly unusable: string };

export function foundProfiles(page: SearchPage): ProfileView[] {
  return page.profiles.map(profileView);
}
