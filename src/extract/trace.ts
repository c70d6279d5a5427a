/**
 * Traces: the same extraction as in `extract.ts`, told path by path, for people who set a source up. Nothing that runs
 * for every event comes here; both judge each value by the same functions, and a property holds that they agree.
 */
import { identifierText, sameIdentifier } from "../identity/identifier.ts";
import type { Identifier, Milliseconds, Trait } from "../identity/types.ts";
import {
  distinct,
  EVENT_TYPE_CHARACTERS_MAX,
  headerKey,
  identifierOf,
  isEmpty,
  keyOf,
  ownType,
  scopedBy,
  usableEventType,
  type ExtractionContext,
  type GivenKey,
} from "./extract.ts";
import type { EventSubject } from "./reading.ts";
import type { Source } from "./source.ts";
import { formatTime, parseTime } from "./time.ts";
import { traceDrop } from "./trace-drop.ts";
import { compactJson, tryReading, usedOf, type Judgement } from "./trace-reading.ts";
import { together, told, withDefault, type Told, type TraceRow } from "./trace-row.ts";
import { plainText, usableId } from "./usable.ts";

/** What an event says of itself, as its rows tell it. */
export interface EventTrace {
  readonly rows: readonly TraceRow[];
  readonly home: Identifier | null;
  readonly others: readonly Identifier[];
  readonly key: string;
  readonly type: string;
  readonly occurredAt: Milliseconds | undefined;
  readonly traits: readonly Trait[];
  /** Why the configuration wants it dropped; undefined where it does not. */
  readonly dropped: string | undefined;
  /** Why no event can be made of it: a path that cannot be followed in this body. */
  readonly fault: string | undefined;
}

export function traceEvent(
  source: Source,
  subject: EventSubject,
  context: ExtractionContext,
): EventTrace {
  const drop = traceDrop(source.drop, subject);
  const people = tracePeople(source, subject);
  const key = traceKey(source, subject, context);
  const type = traceType(source, subject, context);
  const time = traceTime(source, subject);
  const traits = traceTraits(source, subject);
  // In the order in which extraction asks, so that the first path that cannot be followed is the one it stops at.
  const asked = [drop, people, key, type, time, traits];
  return {
    rows: [people, type, key, time, traits, drop].flatMap(({ rows }) => rows),
    home: people.home,
    others: people.others,
    key: key.key,
    type: type.type,
    occurredAt: time.occurredAt,
    traits: traits.traits,
    dropped: drop.reason,
    fault: asked.flatMap(({ faults }) => faults)[0],
  };
}

function tracePeople(
  source: Source,
  subject: EventSubject,
): Told & { readonly home: Identifier | null; readonly others: readonly Identifier[] } {
  const scope = tryReading(source.idScope, subject, ({ value, literal }) => {
    const usable = usableId(value, literal);
    return "text" in usable ? { result: usable.text } : usable;
  });
  const identifiersIn = (namespace: string, scoped?: (id: string) => string) => {
    return (candidate: Parameters<typeof identifierOf>[0]): Judgement<Identifier> => {
      const normalised = identifierOf(candidate, namespace, source, scoped);
      return "identifier" in normalised ? { result: normalised.identifier } : normalised;
    };
  };
  const scoped = scopedBy(source, usedOf(scope));
  const own = tryReading(source.replaceProfileId, subject, identifiersIn(source.idSpace, scoped));
  const further = source.identifiers.map(([namespace, reading]) => ({
    field: `identifiers.${namespace}`,
    attempts: tryReading(reading, subject, identifiersIn(namespace)),
  }));
  const named = [own, ...further.map(({ attempts }) => attempts)]
    .map(usedOf)
    .filter((identifier) => identifier !== undefined);
  const [home = null, ...others] = distinct(named);
  const roleOf = roles(home);
  const scopeTold = told("idScope", scope, (text) => `the scope ${text}`);
  const parts = [
    source.idScope === undefined || usedOf(scope) !== undefined
      ? scopeTold
      : withDefault(scopeTold, {
          field: "idScope",
          path: "",
          json: undefined,
          becomes: "no scope: the id stands alone",
        }),
    told("replaceProfileId", own, roleOf),
    ...further.map(({ field, attempts }) => told(field, attempts, roleOf)),
  ];
  return { ...together(parts), home, others };
}

/** What each identifier is to its event, asked in the order in which they are named. */
function roles(home: Identifier | null): (identifier: Identifier) => string {
  const told: Identifier[] = [];
  return (identifier) => {
    const isRepeated = told.some((other) => sameIdentifier(other, identifier));
    told.push(identifier);
    const isHome = home !== null && sameIdentifier(home, identifier);
    const role = isRepeated ? "named already" : isHome ? "home" : "linked";
    return `${identifierText(identifier)} (${role})`;
  };
}

function traceKey(
  source: Source,
  subject: EventSubject,
  context: ExtractionContext,
): Told & { readonly key: string } {
  const field = "eventId";
  const attempts = tryReading<GivenKey>(
    source.eventId,
    subject,
    ({ value, literal, fromRequest }) => {
      const usable = usableId(value, literal);
      return "text" in usable ? { result: { text: usable.text, shared: fromRequest } } : usable;
    },
  );
  const configured = usedOf(attempts);
  const header = headerKey(subject.headers);
  const { key } = keyOf(configured ?? header, context, subject.json.text);
  const inWords = ({ text, shared }: GivenKey) => {
    const place = shared && context.index !== undefined ? `, event ${context.index + 1}` : "";
    return key.startsWith("sha256:")
      ? `hash of it: too long${place}`
      : `the event's id ${text}${place}`;
  };
  const rows = told(field, attempts, inWords);
  if (configured !== undefined) return { ...rows, key };
  const why = missing(source.eventId, "id");
  const row =
    header === undefined
      ? { path: "", json: undefined, becomes: `hash of the body: ${why}` }
      : {
          path: `header:${header.header}`,
          json: JSON.stringify(subject.headers.get(header.header)),
          becomes: `${inWords(header)}, from the header ${header.header}`,
        };
  return { ...withDefault(rows, { field, ...row }), key };
}

function missing(reading: unknown, what: string): string {
  return reading === undefined ? `no ${what} configured` : `no configured path gave one`;
}

function traceType(
  source: Source,
  subject: EventSubject,
  { urlEventType }: ExtractionContext,
): Told & { readonly type: string } {
  const field = "eventType";
  if (urlEventType !== undefined) {
    const becomes = `the type ${urlEventType}, from the address`;
    const row = { field, path: "", json: undefined, becomes };
    return { ...withDefault({ rows: [], faults: [] }, row), type: urlEventType };
  }
  const attempts = tryReading(source.eventType, subject, ({ value, literal }) =>
    typeJudgement(value, literal),
  );
  const rows = told(field, attempts, (type) => `the type ${type}`);
  const configured = usedOf(attempts);
  if (configured !== undefined) return { ...rows, type: configured };
  const own = ownType(subject);
  const type = usableEventType(own);
  const row =
    type === undefined
      ? { path: "", json: undefined, becomes: `the type ${source.name}: the source's name` }
      : { path: "type", json: JSON.stringify(own), becomes: `the type ${type}: the body's own` };
  return { ...withDefault(rows, { field, ...row }), type: type ?? source.name };
}

function typeJudgement(value: unknown, literal: () => string | undefined): Judgement<string> {
  const type = usableEventType(value, literal);
  if (type !== undefined) return { result: type };
  const plain = plainText(value, literal);
  return "unusable" in plain
    ? plain
    : { unusable: `longer than ${EVENT_TYPE_CHARACTERS_MAX} characters` };
}

function traceTime(
  source: Source,
  subject: EventSubject,
): Told & { readonly occurredAt: Milliseconds | undefined } {
  const field = "occurredAt";
  const attempts = tryReading<Milliseconds>(source.occurredAt, subject, ({ value }) => {
    const time = parseTime(value);
    return time === undefined
      ? { unusable: "neither RFC 3339 nor Unix seconds or milliseconds" }
      : { result: time };
  });
  const rows = told(field, attempts, formatTime);
  const occurredAt = usedOf(attempts);
  if (occurredAt !== undefined) return { ...rows, occurredAt };
  const becomes = `when received: ${missing(source.occurredAt, "time")}`;
  return { ...withDefault(rows, { field, path: "", json: undefined, becomes }), occurredAt };
}

function traceTraits(
  source: Source,
  subject: EventSubject,
): Told & { readonly traits: readonly Trait[] } {
  const fields = source.traits.map(([name, reading]) => {
    const attempts = tryReading(reading, subject, (candidate) =>
      isEmpty(candidate.value)
        ? { unusable: candidate.value === null ? "the value is null" : "the text is blank" }
        : { result: candidate.json() },
    );
    const value = usedOf(attempts);
    return {
      ...told(`traits.${name}`, attempts, (json) => `trait ${name} = ${compactJson(json)}`),
      traits: value === undefined ? [] : [{ name, value }],
    };
  });
  return { ...together(fields), traits: fields.flatMap(({ traits }) => traits) };
}
