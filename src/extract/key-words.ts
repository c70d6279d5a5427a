/**
 * What senders call things: the words of keys, and what they say of the value behind them. Owns the vocabulary by
 * which paths are suggested; nothing that decides about an event may look here.
 */

/** How well a word says that an id is a person's: who acts before who is acted upon. */
const PERSONS: ReadonlyMap<string, number> = new Map([
  ["user", 100],
  ["customer", 98],
  ["member", 95],
  ["contact", 94],
  ["person", 93],
  ["subscriber", 93],
  ["visitor", 92],
  ["profile", 90],
  ["respondent", 90],
  ["account", 88],
  ["distinct", 88],
  ["client", 86],
  ["lead", 85],
  ["actor", 84],
  ["sender", 82],
  ["from", 80],
  ["buyer", 80],
  ["employee", 80],
  ["patient", 80],
  ["student", 80],
  ["guest", 79],
  ["player", 79],
  ["author", 78],
  ["requester", 76],
  ["attendee", 75],
  ["invitee", 75],
  ["participant", 70],
  ["creator", 70],
  ["external", 70],
  ["anonymous", 65],
  ["owner", 60],
  ["recipient", 50],
  ["assignee", 45],
]);

/** Those within which ids are unique; the first are hardly ever a person. */
const SCOPES: ReadonlyMap<string, number> = new Map([
  ["workspace", 100],
  ["team", 99],
  ["tenant", 98],
  ["organisation", 96],
  ["organization", 96],
  ["org", 96],
  ["portal", 92],
  ["shop", 92],
  ["guild", 90],
  ["company", 70],
  ["store", 70],
  ["account", 68],
  ["site", 66],
  ["instance", 66],
  ["project", 64],
  ["realm", 62],
]);
const SCOPE_FOR_SURE_FROM = 90;

const IDS = new Set(["id", "uid", "uuid", "guid", "identifier", "number"]);
/** Keys that say nothing of what lies below them. */
const WRAPPERS = new Set([
  "data",
  "attributes",
  "properties",
  "info",
  "details",
  "fields",
  "object",
]);
/** Not people: what has an id like one and acts in nobody's name. */
const MACHINES = new Set(["bot", "app", "application", "webhook", "integration", "api"]);
const SECRETS =
  /token|secret|passw|passphrase|cookie|credential|signature|session|bearer|oauth|jwt|hmac|csrf|xsrf/;
const SECRET_WORDS = new Set(["auth", "authorization", "pwd", "sig", "otp", "pin", "key", "code"]);
const NO_SECRET = /idempotencykey$/;
const SECRET_VALUE =
  /^(eyJ[\w-]+\.[\w-]+\.|Bearer\s|Basic\s|(sk|pk|rk)_(live|test)_|whsec_|xox[a-z]-|gh[a-z]_|github_pat_|glpat-|AKIA[A-Z0-9])/;

/** The words of one key, in lower case: `customerID`, `customer_id` and `Customer-Id` are two words each. */
function wordsOf(key: string): string[] {
  const words = key
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  return words.flatMap((word) => {
    const [, noun, id] = /^(.+?)(u?u?id|guid)$/.exec(word) ?? [];
    return noun !== undefined && (PERSONS.has(noun) || SCOPES.has(noun)) ? [noun, id!] : [word];
  });
}

/** The words of each key on a way; the brackets of a form's `data[email]` are steps of it. */
export function wayOf(keys: readonly (string | symbol)[]): string[][] {
  return keys
    .filter((key) => typeof key === "string")
    .flatMap((key) => key.split(/[.[\]]+/))
    .map(wordsOf)
    .filter((words) => words.length > 0);
}

type Way = readonly (readonly string[])[];

/** Whether a value is one that nobody should print or keep, by its name or by its looks. */
export function isSecret(way: Way, value: unknown): boolean {
  const isNamed = way.some((words) => {
    const name = words.join("");
    const isWord = SECRETS.test(name) || words.some((word) => SECRET_WORDS.has(word));
    return isWord && !NO_SECRET.test(name);
  });
  return isNamed || (typeof value === "string" && SECRET_VALUE.test(value));
}

/** Whose id lies at the end of a way, such as `user`; undefined where none does. */
function nounOf(way: Way, nouns: ReadonlyMap<string, number>): string | undefined {
  const [last, ...above] = way.toReversed();
  if (last === undefined) return undefined;
  const isId = IDS.has(last.at(-1)!);
  // `user_id` says it itself, `user.id` by the key above, and `user` may hold the id as it is.
  const noun = !isId
    ? last.at(-1)
    : (last.at(-2) ?? above.find((words) => !WRAPPERS.has(words.join("")))?.at(-1));
  return noun !== undefined && nouns.has(noun) ? noun : undefined;
}

export interface Naming {
  readonly noun: string;
  /** From 0 to 100. */
  readonly likelihood: number;
}

/** How likely it is that a person's id lies at the end of a way. */
export function personNamed(way: Way): Naming | undefined {
  const noun = nounOf(way, PERSONS);
  if (noun === undefined || way.some((words) => words.some((word) => MACHINES.has(word))))
    return undefined;
  return { noun, likelihood: PERSONS.get(noun)! };
}

/** The same for what ids are unique within; `isSure` where the word means hardly anything else. */
export function scopeNamed(way: Way): (Naming & { readonly isSure: boolean }) | undefined {
  const named =
    way.at(-1)?.at(-1) === "domain" ? [...way.slice(0, -1), way.at(-1)!.slice(0, -1)] : way;
  const noun = nounOf(named, SCOPES);
  if (noun === undefined) return undefined;
  const likelihood = SCOPES.get(noun)!;
  return { noun, likelihood, isSure: likelihood >= SCOPE_FOR_SURE_FROM };
}

/** How much the people on a way speak for an address on it being theirs; below 0 where it is somebody else's. */
export function personOnWay(way: Way): number {
  const words = way.flat();
  if (words.some((word) => NOT_THE_SENDER.has(word))) return -40;
  return Math.max(0, ...words.map((word) => PERSONS.get(word) ?? 0)) / 5;
}

const NOT_THE_SENDER = new Set(
  "to cc bcc recipient assignee agent bot admin support reply shop store merchant seller owner company".split(
    " ",
  ),
);

/** Whether keys say of what lies below them only that it is what the event says. */
export function isOfEvent(way: Way): boolean {
  return way.every((words) => WRAPPERS.has(nameOf(words)) || EVENTS.has(nameOf(words)));
}

const EVENTS = new Set(["event", "message", "payload", "body"]);

/** A key as one text, such as `eventid`. */
export function nameOf(words: readonly string[] | undefined): string {
  return (words ?? []).join("");
}
