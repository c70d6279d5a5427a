/**
 * How the feed is shown. Every entry has an id made of what happened, so that a reader who gets an entry twice, from two
 * reads or two copies of a database, knows it again.
 */
import { createHash } from "node:crypto";
import { formatTime } from "../extract/time.ts";
import { identifierText } from "../identity/identifier.ts";
import { objectionText, type Objection } from "../identity/objection.ts";
import type { Cause, Change } from "../identity/change-set.ts";
import type { ProfileId } from "../identity/types.ts";
import type { ChangeRecord, Store } from "../store/store.ts";

export interface ChangeView {
  /** `ch_` and 26 characters. */
  readonly id: string;
  readonly sequence: number;
  readonly at: string;
  readonly kind: Change["kind"];
  /** Null where nobody is known by `from` any more. */
  readonly into: ProfileId | null;
  readonly from: readonly ProfileId[];
  readonly cause: Cause;
  /** The link that is refused or pending, and why. */
  readonly link?: { readonly a: string; readonly b: string };
  readonly rule?: Objection["rule"];
  readonly reason?: string;
  /** The value that is generic. */
  readonly identifier?: string;
}

/** The texts of identifiers, each looked up once. */
export class IdentifierTexts {
  readonly #store: Pick<Store, "identifier">;
  readonly #texts = new Map<ProfileId, string>();

  constructor(store: Pick<Store, "identifier">) {
    this.#store = store;
  }

  async of(id: ProfileId): Promise<string> {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const identifier = await this.#store.identifier(id);
    const text = identifier === undefined ? id : identifierText(identifier);
    this.#texts.set(id, text);
    return text;
  }
}

/** An entry never reads otherwise than it did at first, so it names no number of rules that may have changed since. */
export async function changeView(
  change: ChangeRecord,
  texts: IdentifierTexts,
): Promise<ChangeView> {
  const { sequence, at, kind, into, from, cause } = change;
  const common = { id: changeId(change), sequence, at: formatTime(at), kind, into, from, cause };
  switch (change.kind) {
    case "merge":
    case "split":
    case "erasure":
      return common;
    case "refusal":
    case "pending": {
      const { rule, subject } = change;
      // Whichever end was looked at first, the lesser id stands first, as everywhere else.
      const [a, b] = [change.a, change.b].toSorted();
      const link = { a: await texts.of(a!), b: await texts.of(b!) };
      return { ...common, link, rule, reason: objectionText({ rule, subject }, undefined) };
    }
    case "generic":
      return { ...common, identifier: await texts.of(change.identifier) };
  }
}

const HASH_CHARACTERS = 26;

/** Made of what happened and why, not of where it stands in the feed or when it was written. */
function changeId({ sequence: _sequence, at: _at, ...what }: ChangeRecord): string {
  const sorted = Object.entries(what).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const hash = createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
  return `ch_${hash.slice(0, HASH_CHARACTERS)}`;
}
