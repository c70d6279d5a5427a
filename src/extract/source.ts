/** A configured source made ready: every path compiled, every default filled in. */
import type { Limits } from "../../schema/config.ts";
import type { Extraction, SourceConfig } from "../../schema/source-config.ts";
import type { Milliseconds, Trust } from "../identity/types.ts";
import { isCountryCode, type NormaliseOptions } from "./normalise.ts";
import { compileDrop, type DropRule } from "./drop.ts";
import { compileBodyPath, PathSyntaxError, type Path } from "./path.ts";
import { compileReading, type Reading } from "./reading.ts";

export interface Source {
  readonly name: string;
  readonly enabled: boolean;
  readonly idSpace: string;
  readonly replaceProfileId: Reading | undefined;
  readonly idScope: Reading | undefined;
  readonly eventType: Reading | undefined;
  readonly eventId: Reading | undefined;
  /** How long an event without an id and a time of its own is known again by its text. */
  readonly repeatWindow: Milliseconds;
  readonly occurredAt: Reading | undefined;
  /** In the order of the configuration: without a replaced profile id, the first usable one is the event's home. */
  readonly identifiers: readonly (readonly [namespace: string, reading: Reading])[];
  readonly traits: readonly (readonly [name: string, reading: Reading])[];
  readonly events: Path | undefined;
  /** Fields of forms that hold JSON text, as they are sent. */
  readonly jsonFields: ReadonlySet<string>;
  /** An event that meets one of them is not kept. */
  readonly drop: readonly DropRule[];
  readonly withoutId: SourceConfig["withoutId"];
  readonly trust: Trust;
  readonly respond: SourceConfig["respond"];
  readonly normalise: NormaliseOptions;
  readonly bodyBytesMax: number;
  readonly eventsPerDeliveryMax: number;
  readonly identifiersPerEventMax: number;
  readonly jsonDepthMax: number;
  readonly formFieldsMax: number;
}

/** The names of the headers, in lower case, or of the query parameters by which the source tells events and people. */
export function namesRead(source: Source, from: "header" | "query"): ReadonlySet<string> {
  const { replaceProfileId, idScope, eventType, eventId, occurredAt } = source;
  const further = [...source.identifiers, ...source.traits].map(([, reading]) => reading);
  const readings = [replaceProfileId, idScope, eventType, eventId, occurredAt, ...further];
  const read = [
    ...readings.flatMap((reading) => reading?.requestNames ?? []),
    ...source.drop.map(({ path }) => path),
  ];
  return new Set(
    read.flatMap(({ reads, requestName }) => (reads === from ? (requestName ?? []) : [])),
  );
}

/** What is wrong with a source, and the key within it that is at fault. */
export interface SourceFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The source, or everything that is wrong with it. */
export function compileSource(
  name: string,
  config: SourceConfig,
  limits: Limits,
): { readonly source: Source } | { readonly faults: readonly SourceFault[] } {
  const faults: SourceFault[] = [];
  const attempt = <Result>(path: readonly (string | number)[], make: () => Result) => {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof PathSyntaxError)) throw error;
      faults.push({
        path: error.index === undefined ? path : [...path, error.index],
        message: error.message,
      });
      return undefined;
    }
  };
  const reading = (key: string, extraction: Extraction | undefined) =>
    extraction === undefined ? undefined : attempt([key], () => compileReading(extraction));
  const readings = (key: string, record: Readonly<Record<string, Extraction>>) =>
    Object.entries(record).flatMap(([entry, extraction]) => {
      const compiled = attempt([key, entry], () => compileReading(extraction));
      return compiled === undefined ? [] : [[entry, compiled] as const];
    });
  const bodyPath = (key: string, text: string | undefined) =>
    text === undefined ? undefined : attempt([key], () => compileBodyPath(text));

  const phoneCountry = config.phoneCountry?.toUpperCase();
  if (phoneCountry !== undefined && !isCountryCode(phoneCountry))
    faults.push({
      path: ["phoneCountry"],
      message: `"${config.phoneCountry}" is no country; write its two letters, such as US or DE`,
    });
  const source: Source = {
    name,
    enabled: config.enabled,
    idSpace: config.idSpace ?? name,
    replaceProfileId: reading("replaceProfileId", config.replaceProfileId),
    idScope: reading("idScope", config.idScope),
    eventType: reading("eventType", config.eventType),
    eventId: reading("eventId", config.eventId),
    repeatWindow: config.repeatWindowSeconds * 1000,
    occurredAt: reading("occurredAt", config.occurredAt),
    identifiers: readings("identifiers", config.identifiers),
    traits: readings("traits", config.traits),
    events: bodyPath("events", config.events),
    jsonFields: new Set(config.jsonFields),
    drop: compileDrop(config, attempt),
    withoutId: config.withoutId,
    trust: config.trust,
    respond: config.respond,
    normalise: {
      identifierBytesMax: limits.identifierBytesMax,
      phoneCountry:
        phoneCountry !== undefined && isCountryCode(phoneCountry) ? phoneCountry : undefined,
    },
    bodyBytesMax: config.bodyBytesMax ?? limits.bodyBytesMax,
    eventsPerDeliveryMax: limits.eventsPerDeliveryMax,
    identifiersPerEventMax: limits.identifiersPerEventMax,
    jsonDepthMax: limits.jsonDepthMax,
    formFieldsMax: limits.formFieldsMax,
  };
  return faults.length === 0 ? { source } : { faults };
}
