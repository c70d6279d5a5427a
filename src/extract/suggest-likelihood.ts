/**
 * How likely a place holds what a field of a source is for. Owns what each field looks like; which place is suggested
 * in the end, and how its path is written, `suggest.ts` decides.
 */
import type { Group, Groups } from "./groups.ts";
import { LISTED } from "./places.ts";
import { isOfEvent, nameOf, personNamed, personOnWay, scopeNamed } from "./key-words.ts";
import { normaliseIdentifier, type NormaliseOptions } from "./normalise.ts";
import { parseTime } from "./time.ts";
import { usableId } from "./usable.ts";

/** How likely a group is what is looked for. */
export interface Likelihood {
  readonly score: number;
  /** What stands there and is usable, by the number of its event. */
  readonly usable: Values;
  /** Paths of one kind may stand in one list; others would mix two sorts of ids. */
  readonly kind: string;
}

type Values = ReadonlyMap<number, string>;

/** Those values of a group that `read` makes a text of; undefined for a group without any. */
function valuesOf(
  group: Group,
  read: (value: string | number) => string | undefined,
): Values | undefined {
  const usable = new Map<number, string>();
  for (const [event, value] of group.values) {
    const text = read(value);
    if (text !== undefined) usable.set(event, text);
  }
  return usable.size === 0 ? undefined : usable;
}

const ID_CHARACTERS_MAX = 128;

function idText(value: string | number): string | undefined {
  if (typeof value === "number" && !Number.isInteger(value)) return undefined;
  const usable = usableId(value, () => undefined);
  if ("unusable" in usable || usable.text.length > ID_CHARACTERS_MAX) return undefined;
  // What has spaces is a name or a sentence; addresses and phone numbers have fields of their own.
  return /[\s@]|^\+|:\/\//.test(usable.text) ? undefined : usable.text;
}

/** Whether there are several and all are the same. */
function isConstant(usable: Values): boolean {
  return usable.size > 1 && new Set(usable.values()).size === 1;
}

function isUnique(usable: Values): boolean {
  return new Set(usable.values()).size === usable.size;
}

/** What names the person of an event better than the event's own id could. */
const NAMED_FROM = 80;

/** Whether the event as a whole is a person, as a contact that was changed: with an address, and no other person's id. */
function isPersonItself(groups: Groups): boolean {
  const namesAnother = groups.all.some(
    (group) =>
      (personNamed(group.way)?.likelihood ?? 0) >= NAMED_FROM &&
      valuesOf(group, idText) !== undefined,
  );
  return hasAddressBeside(groups) && !namesAnother;
}

/** Whether an address or a name stands beside the event's own id: then it is something's that lasts, not the event's. */
function hasAddressBeside({ all }: Groups): boolean {
  return all.some(
    ({ keys, way }) =>
      keys.length === 1 && /^(e?mail|phone|firstname|lastname)$/.test(nameOf(way[0])),
  );
}

export function personLikelihood(group: Group, groups: Groups): Likelihood | undefined {
  const usable = valuesOf(group, idText);
  if (usable === undefined) return undefined;
  const isOwnId = group.keys.length === 1 && nameOf(group.way[0]) === "id";
  const named =
    isOwnId && isPersonItself(groups) ? { noun: "itself", likelihood: 60 } : personNamed(group.way);
  if (named === undefined) return undefined;
  // The same in all events: more likely whom they are sent for than whom they are about.
  return { score: named.likelihood - (isConstant(usable) ? 60 : 0), usable, kind: named.noun };
}

/** Whoever is called so is one person, before or beside the sender's own id, and no account that has many. */
const BEFORE_KNOWN = new Set(["anonymous", "visitor", "distinct", "external"]);

export function scopeLikelihood(group: Group): Likelihood | undefined {
  const usable = valuesOf(group, idText);
  if (usable === undefined || group.keys.includes(LISTED)) return undefined;
  const named = scopeNamed(group.way);
  if (named !== undefined && (named.isSure || isConstant(usable)))
    return { score: named.likelihood, usable, kind: "scope" };
  const noun = personNamed(group.way)?.noun;
  const isPersons = noun !== undefined && !BEFORE_KNOWN.has(noun) && isConstant(usable);
  return isPersons ? { score: 1, usable, kind: "scope" } : undefined;
}

const ADDRESS_WORDS = {
  email: /^(e?mail)s?$/,
  phone: /^(phone|telephone|tel|mobile|cell|cellphone|msisdn|whatsapp|sms|handy)$/,
} as const;

const NOBODYS = /(^|[@.])(no-?reply|do-?not-?reply)[@.]/;

/** E-mail addresses or phone numbers, by how they look and, of phone numbers that any number looks like, by name. */
export function addressIn(
  namespace: "email" | "phone",
  options: NormaliseOptions,
): (group: Group) => Likelihood | undefined {
  return (group) => {
    const last = group.way.at(-1) ?? [];
    const words = group.way.flat();
    const isNamed = words.some((word) => ADDRESS_WORDS[namespace].test(word));
    // `message_id` looks like an address and is none.
    if (words.includes("fax") || (last.at(-1) === "id" && !isNamed)) return undefined;
    const usable = valuesOf(group, (value) => {
      if (!isNamed && !looksLike(namespace, value)) return undefined;
      const normalised = normaliseIdentifier(namespace, value, () => undefined, options);
      if ("unusable" in normalised) return undefined;
      return NOBODYS.test(normalised.identifier.value) ? undefined : normalised.identifier.value;
    });
    if (usable === undefined) return undefined;
    const score = 60 + (isNamed ? 30 : 0) + personOnWay(group.way) - (isConstant(usable) ? 90 : 0);
    return { score, usable, kind: namespace };
  };
}

function looksLike(namespace: "email" | "phone", value: string | number): boolean {
  if (typeof value === "number") return false;
  return namespace === "email"
    ? /@[^@\s]+\.[^@\s]+$/.test(value)
    : /^(whatsapp:|tel:)?\+/i.test(value);
}

const EVENT_TYPES: ReadonlyMap<string, number> = new Map([
  ["eventtype", 100],
  ["event", 95],
  ["type", 90],
  ["eventname", 90],
  ["triggertype", 88],
  ["subscriptiontype", 88],
  ["topic", 85],
  ["trigger", 70],
  ["action", 65],
  ["objectkind", 65],
  ["kind", 60],
]);

export function eventTypeLikelihood({ keys, way, values }: Group): Likelihood | undefined {
  const name = nameOf(way.at(-1));
  const likelihood = EVENT_TYPES.get(name);
  if (likelihood === undefined || keys.includes(LISTED)) return undefined;
  // The type of a part of the event is not the event's.
  if (!isOfEvent(way.slice(0, -1))) return undefined;
  const usable = valuesOf({ keys, way, values }, (value) =>
    typeof value === "string" && /^[A-Za-z][\w.:/ -]{0,63}$/.test(value) ? value : undefined,
  );
  if (usable === undefined) return undefined;
  // `event.type` says more than the `type` beside it, which may say only that it is an event.
  const parent = way.at(-2);
  const below = parent === undefined ? 0 : parent.at(-1) === "event" ? 15 : -20;
  return { score: likelihood + below - (isConstant(usable) ? 20 : 0), usable, kind: name };
}

const EVENT_IDS: ReadonlyMap<string, number> = new Map([
  ["eventid", 100],
  ["eventuuid", 100],
  ["messageid", 90],
  ["deliveryid", 88],
  ["notificationid", 86],
  ["idempotencykey", 85],
  ["triggerid", 80],
  ["submissionid", 80],
  ["uuid", 75],
  ["id", 70],
]);

/** Only what stands in every event and is another one in each: events with one id are taken for one. */
export function eventIdLikelihood(group: Group, groups: Groups): Likelihood | undefined {
  const { keys, way } = group;
  const name = nameOf(way.at(-1));
  const likelihood = EVENT_IDS.get(name);
  const parent = way.length === 1 || (way.length === 2 && nameOf(way[0]) === "event");
  if (likelihood === undefined || !parent || keys.includes(LISTED)) return undefined;
  // The id of a contact that was changed comes again with its next change.
  if (name === "id" && hasAddressBeside(groups)) return undefined;
  const usable = valuesOf(group, idText);
  if (usable?.size !== groups.events || !isUnique(usable)) return undefined;
  return { score: likelihood, usable, kind: name };
}

const TIMES: ReadonlyMap<string, number> = new Map([
  ["eventtime", 100],
  ["occurredat", 100],
  ["occurred", 98],
  ["timestamp", 95],
  ["time", 92],
  ["triggeredat", 92],
  ["submittedat", 90],
  ["firedat", 90],
  ["eventts", 88],
  ["sentat", 86],
  ["createdat", 84],
  ["created", 84],
  ["datetime", 80],
  ["date", 78],
  ["ts", 76],
  ["updatedat", 70],
  ["receivedat", 60],
]);
/** Of what they are the time, only what they belong to says. */
const TIMES_OF_ANYTHING = new Set(["created", "createdat", "updatedat", "receivedat", "date"]);
const EARLIEST = Date.UTC(2000, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

export function timeLikelihood({ keys, way, values }: Group): Likelihood | undefined {
  const name = nameOf(way.at(-1));
  const likelihood = TIMES.get(name);
  if (likelihood === undefined || keys.includes(LISTED)) return undefined;
  // When a repository or an order came to be is not when the event occurred.
  if (TIMES_OF_ANYTHING.has(name) && !isOfEvent(way.slice(0, -1))) return undefined;
  const usable = valuesOf({ keys, way, values }, (value) => {
    const time = parseTime(value);
    return time !== undefined && time > EARLIEST && time < LATEST ? String(time) : undefined;
  });
  if (usable === undefined) return undefined;
  const below = personOnWay(way.slice(0, -1)) === 0 ? 0 : 50;
  return { score: likelihood - below - 8 * (way.length - 1), usable, kind: "time" };
}
