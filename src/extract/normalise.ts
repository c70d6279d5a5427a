/**
 * Normalised identifiers: two spellings of one address are one identifier. E-mail addresses and phone numbers have
 * spellings; every other namespace is compared exactly.
 */
import { domainToASCII } from "node:url";
import {
  isSupportedCountry,
  type CountryCode,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import type { Identifier } from "../identity/types.ts";
import { isLongerInUtf8 } from "./body/utf8.ts";
import { usableId, type Usable } from "./usable.ts";

/** RFC 5321 (4.5.3.1.3), errata 1690. */
const EMAIL_CHARACTERS_MAX = 254;
/** `Ann <ann@example.com>`, as mail programs write it. */
const NAMED_ADDRESS = /^[^<>]*<([^<>]+)>$/;
// White space, list separators and what would make a domain mean something else to a URL parser.
const NOT_IN_ADDRESS = /[\s,;<>"\\]/;
const NOT_IN_DOMAIN = /[/\\?#%:[\]@<>^|]/;

/** NFC, trimmed, lower-cased, the domain in ASCII. Dots and `+tags` are kept: some people use them on purpose. */
function normaliseEmail(text: string): Usable {
  return isPlainAddress(text) ? { text: text.toLowerCase() } : normaliseOddEmail(text);
}

// Labels that hold no punycode, which would have to be looked into, and an end that is no number.
const PLAIN_ADDRESS = /^[\w.+-]+@(?:(?!xn--)[a-z\d]+(?:-+[a-z\d]+)*\.)+[a-z]+$/i;

/** Whether an address is normal but for its case, as nearly every one is. */
function isPlainAddress(text: string): boolean {
  return text.length <= EMAIL_CHARACTERS_MAX && PLAIN_ADDRESS.test(text);
}

function normaliseOddEmail(text: string): Usable {
  const bare = text.replace(/^(mailto:)+/i, "").trim();
  const address = (NAMED_ADDRESS.exec(bare)?.[1] ?? bare).trim().normalize("NFC");
  const at = address.lastIndexOf("@");
  // Lower-casing can take a text out of NFC again.
  const local = address.slice(0, Math.max(at, 0)).toLowerCase().normalize("NFC");
  const domain = address.slice(at + 1);
  if (local === "" || domain === "" || NOT_IN_ADDRESS.test(address) || NOT_IN_DOMAIN.test(domain))
    return { unusable: "not an e-mail address" };
  const ascii = domainToASCII(domain).replace(/\.$/, "");
  // A host that ends in a number is an IPv4 address to the URL standard, which would rewrite it.
  // Looked at again: a full-width comma is a comma in ASCII.
  const isOdd = NOT_IN_ADDRESS.test(ascii) || NOT_IN_DOMAIN.test(ascii);
  const hasEmptyLabel = ascii.split(".").includes("");
  if (hasEmptyLabel || isOdd || /(^|\.)\d+$/.test(ascii))
    return { unusable: "not an e-mail address" };
  const email = `${local}@${ascii}`;
  return email.length > EMAIL_CHARACTERS_MAX
    ? { unusable: "not an e-mail address" }
    : { text: email };
}

/** A pattern for addresses, in lower case, its domain in ASCII as far as no star stands in it. */
export function normaliseEmailPattern(pattern: string): string {
  const at = pattern.lastIndexOf("@");
  const local = pattern
    .slice(0, at + 1)
    .normalize("NFC")
    .toLowerCase();
  const domain = pattern.slice(at + 1).toLowerCase();
  return local + (domain.includes("*") ? domain : domainToASCII(domain) || domain);
}

/** E.164. A number without a country code needs the source's country. */
function normalisePhone(text: string, country: CountryCode | undefined): Usable {
  const number = parsePhoneNumberFromString(text.replace(/^whatsapp:/i, ""), country);
  if (number?.isValid() !== true)
    return {
      unusable:
        country === undefined ? "not a phone number with its country code" : "not a phone number",
    };
  return { text: number.number };
}

export type { CountryCode };

/** Whether libphonenumber knows the two-letter country. */
export function isCountryCode(text: string): text is CountryCode {
  return isSupportedCountry(text);
}

export interface NormaliseOptions {
  readonly identifierBytesMax: number;
  /** The country of phone numbers that are written without one. */
  readonly phoneCountry?: CountryCode | undefined;
}

export type Normalised = { readonly identifier: Identifier } | { readonly unusable: string };

/** The identifier that a value is in a namespace, or why it is none. `literal` as in `usableId`. */
export function normaliseIdentifier(
  namespace: string,
  value: unknown,
  literal: () => string | undefined,
  options: NormaliseOptions,
): Normalised {
  const usable = usableId(value, literal);
  return "unusable" in usable ? usable : normaliseUsable(namespace, usable.text, options);
}

/** The same for the text of a value that is known to be usable. */
export function normaliseUsable(
  namespace: string,
  text: string,
  { identifierBytesMax, phoneCountry }: NormaliseOptions,
): Normalised {
  // Before anything else looks at it: no pattern and no phone parser should walk a megabyte.
  if (isLongerInUtf8(text, identifierBytesMax))
    return { unusable: `longer than ${identifierBytesMax} bytes` };
  const normal = normaliseIn(namespace, text, phoneCountry);
  return "unusable" in normal ? normal : { identifier: { namespace, value: normal.text } };
}

function normaliseIn(namespace: string, text: string, country: CountryCode | undefined): Usable {
  if (namespace === "email") return normaliseEmail(text);
  if (namespace === "phone") return normalisePhone(text, country);
  return { text };
}
