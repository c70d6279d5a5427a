/** Profiles and events as the query API shows them, to be written by `writeJson` where they are not text already. */
import { formatTime } from "../extract/time.ts";
import type { ProfileView } from "../queries/queries.ts";
import type { EventRecord } from "../store/store.ts";
import { RawJson } from "./json.ts";

export function profileRecord(profile: ProfileView) {
  const { id, formerIds, identifiers, traits, eventCount, firstSeenAt, lastSeenAt } = profile;
  const byName = new Map(
    traits.map(({ name, value, ...origin }) => [name, { value: new RawJson(value), ...origin }]),
  );
  return { id, formerIds, identifiers, traits: byName, eventCount, firstSeenAt, lastSeenAt };
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
