/**
 * Whether texts name somebody, where no path has said what is an identifier in them: deliveries that could not be mapped,
 * and events that name nobody. It errs on the side of the person who is erased, as far as a value is particular enough to
 * be nobody else's.
 */
import type { Identifier } from "../identity/types.ts";
import { normaliseIdentifier } from "./normalise.ts";
import type { Source } from "./source.ts";
import { ValuesInText } from "./values-in-text.ts";

/** What of a source says which ids its deliveries can hold. */
export type NamingSource = Pick<Source, "idSpace" | "identifiers" | "normalise">;

// Long enough and of more than letters: no word, and no quantity of anything.
const PARTICULAR_CHARACTERS_MIN = 8;
const PARTICULAR_DIGITS_MIN = 12;
const ONLY_LETTERS = /^[\p{L}\p{M}\s]*$/u;
const ONLY_DIGITS = /^[\d\s.,-]*$/;

/** What may stand around either side of an address in a text, and not in it. */
const AROUND_ADDRESS = /[\s<>"'`,;:()[\]{}|\\/?&=@]/;
/** On either side of the sign; RFC 5321 allows no more. */
const ADDRESS_SIDE_CHARACTERS_MAX = 255;
const LIKE_A_PHONE = /^(whatsapp:|tel:)?[+\d\s().\-/]{5,30}$/i;
const ENCODED = /%[0-9a-f]{2}/i;

export class Naming {
  readonly #emails = new Set<string>();
  /** What stands before the sign in them. */
  readonly #mailboxes = new Set<string>();
  readonly #phones = new Set<string>();
  /** By value, the namespaces in which it names the person. */
  readonly #values = new Map<string, Set<string>>();
  /** The values that name the person wherever they stand in a text, and addresses that cannot be cut out of one. */
  readonly #particular: ValuesInText;
  /** Of ids with a scope, both parts. */
  readonly #scoped: { readonly namespace: string; readonly parts: readonly string[] }[] = [];

  constructor(identifiers: readonly Identifier[]) {
    const particular: string[] = [];
    for (const { namespace, value } of identifiers) {
      if (namespace === "email") {
        this.#emails.add(value);
        this.#mailboxes.add(mailboxOf(value));
      }
      if (namespace === "phone") this.#phones.add(value);
      const namespaces = this.#values.get(value) ?? new Set();
      this.#values.set(value, namespaces.add(namespace));
      const parts = partsOf(value);
      if (parts !== undefined) this.#scoped.push({ namespace, parts });
      const isWhole =
        namespace === "email" ? AROUND_ADDRESS.test(mailboxOf(value)) : isParticular(value);
      if (isWhole) particular.push(value);
    }
    this.#particular = new ValuesInText(particular);
  }

  /** Whether one event, given by all texts in it, names the person; `source` is undefined where nobody knows it any more. */
  isIn(texts: readonly string[], source: NamingSource | undefined): boolean {
    const all = new Set<string>();
    for (const text of texts) {
      const trimmed = text.trim();
      all.add(trimmed);
      if (this.#isTold(trimmed, source)) return true;
      const decoded = ENCODED.test(trimmed) ? decode(trimmed) : undefined;
      if (decoded !== undefined && this.#isTold(decoded, source)) return true;
    }
    return this.#scoped.some(
      ({ namespace, parts }) => mayHold(source, namespace) && parts.every((part) => all.has(part)),
    );
  }

  #isTold(text: string, source: NamingSource | undefined): boolean {
    const namespaces = this.#values.get(text);
    if (namespaces !== undefined) {
      // Another source's 42 is anything.
      if (isParticular(text)) return true;
      for (const namespace of namespaces) if (mayHold(source, namespace)) return true;
    }
    if (this.#particular.isIn(text)) return true;
    return this.#holdsAddress(text) || this.#isPhone(text, source);
  }

  #holdsAddress(text: string): boolean {
    if (this.#emails.size === 0 || !text.includes("@")) return false;
    for (const address of addressesIn(text)) {
      // To normalise costs more than all before, and a text may hold nothing but addresses.
      if (!this.#mailboxes.has(mailboxOf(address))) continue;
      const found = normalised("email", address.replace(/[.!]+$/, ""), undefined);
      if (found !== undefined && this.#emails.has(found)) return true;
    }
    return false;
  }

  #isPhone(text: string, source: NamingSource | undefined): boolean {
    if (this.#phones.size === 0 || !LIKE_A_PHONE.test(text)) return false;
    const found = normalised("phone", text.replace(/^tel:/i, ""), source);
    return found !== undefined && this.#phones.has(found);
  }
}

function isParticular(value: string): boolean {
  if (ONLY_DIGITS.test(value)) return value.length >= PARTICULAR_DIGITS_MIN;
  return value.length >= PARTICULAR_CHARACTERS_MIN && !ONLY_LETTERS.test(value);
}

/** Whether the source's configuration can make an identifier of this namespace. */
function mayHold(source: NamingSource | undefined, namespace: string): boolean {
  if (source === undefined || source.idSpace === namespace) return true;
  return source.identifiers.some(([name]) => name === namespace);
}

/** The scope and the id of `T1/U7`, as they were before they were written together. */
function partsOf(value: string): readonly string[] | undefined {
  const slash = value.indexOf("/");
  if (slash <= 0 || slash === value.length - 1) return undefined;
  const scope = value.slice(0, slash).replaceAll("%2F", "/").replaceAll("%25", "%");
  return [scope, value.slice(slash + 1)];
}

/** What stands around each sign, walked outward from it, for a long text may hold neither a sign nor a space. */
function* addressesIn(text: string): Generator<string, void> {
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    let start = at;
    let end = at + 1;
    const first = Math.max(0, at - ADDRESS_SIDE_CHARACTERS_MAX);
    const last = Math.min(text.length, at + ADDRESS_SIDE_CHARACTERS_MAX);
    while (start > first && !AROUND_ADDRESS.test(text.charAt(start - 1))) start--;
    while (end < last && !AROUND_ADDRESS.test(text.charAt(end))) end++;
    yield text.slice(start, end);
  }
}

function mailboxOf(address: string): string {
  return address.slice(0, address.indexOf("@")).normalize("NFC").toLowerCase();
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function normalised(
  namespace: string,
  text: string,
  source: NamingSource | undefined,
): string | undefined {
  const options = source?.normalise ?? { identifierBytesMax: 512 };
  const found = normaliseIdentifier(namespace, text, () => undefined, options);
  return "identifier" in found ? found.identifier.value : undefined;
}
