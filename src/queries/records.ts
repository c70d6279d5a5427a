/** Profiles and events as the query API shows them, to be written by `writeJson` where they are not text already. */
import { formatTime } from "../extract/time.ts";
import type { ProfileView } from "./people.ts";
import type { EventRecord } from "../store/store.ts";
import { RawJson } from "./json.ts";

export function profileRecord(profile: ProfileView) {
  const { id, formerIds, identifiers, traits, eventCount, firstSeenAt, lastSeenAt } = profile;
  const byName = new Map(
    traits.map(({ name, value, ...origin }) => [name, { value: new RawJson(value), ...origin }]),
  );
  return { id, formerIds, identifiers, traits: byName, eventCount, firstSeenAt, lastSeenAt };
}

/** The record as JSON text. Written out: what cannot hold text of its own is left to JSON.stringify, which is much faster. */
export function profileJson(profile: ProfileView): string {
  const { id, formerIds, identifiers, traits, eventCount, firstSeenAt, lastSeenAt } = profile;
  let byName = "";
  for (const { name, value, at, source, event } of traits)
    byName += `${byName === "" ? "" : ","}${JSON.stringify(name)}:{"value":${value},"at":"${at}","source":${JSON.stringify(source)},"event":"${event}"}`;
  const seen = `"firstSeenAt":"${firstSeenAt}","lastSeenAt":"${lastSeenAt}"`;
  return `{"id":"${id}","formerIds":${JSON.stringify(formerIds)},"identifiers":${JSON.stringify(identifiers)},"traits":{${byName}},"eventCount":${eventCount},${seen}}`;
}

export function eventRecord(event: EventRecord) {
  return {
    id: event.id,
    source: event.source,
    type: event.type,
    occurredAt: formatTime(event.occurredAt),
    receivedAt: formatTime(event.receivedAt),
    provisional: event.provisional,
    payload: new RawJson(event.payload),
  };
}

/** The record as JSON text. Written out: a page holds hundreds, whose members are always these. */
export function eventJson(event: EventRecord): string {
  const { id, source, type, occurredAt, receivedAt, provisional, payload } = event;
  const times = `"occurredAt":"${formatTime(occurredAt)}","receivedAt":"${formatTime(receivedAt)}"`;
  return `{"id":"${id}","source":${JSON.stringify(source)},"type":${JSON.stringify(type)},${times},"provisional":"${provisional}","payload":${payload}}`;
}

/**
 * JSON text on one line. Within a string a line end is always escaped, so those that are bare stand between tokens and
 * mean nothing.
 */
export function onOneLine(jsonText: string): string {
  return /[\r\n]/.test(jsonText) ? jsonText.replaceAll(/[\r\n]+/g, " ") : jsonText;
}
