/** Histories from people as the memory store streams them: the plain meaning of what is asked for. */
import { compareStamps } from "../../identity/stamp.ts";
import { newestTraits } from "../../identity/traits.ts";
import type { History, HistoryRequest } from "../histories.ts";
import type { EventRecord, PersonRecord } from "../store.ts";

/** Those with an event of those asked for. */
export async function* historiesOf(
  people: AsyncIterable<PersonRecord>,
  request: HistoryRequest,
): AsyncGenerator<History, void> {
  for await (const { id, traits, events } of people) {
    const asked: EventRecord[] = [];
    for await (const event of events) if (isAskedFor(event, request)) asked.push(event);
    if (asked.length === 0) continue;
    yield {
      profile: id,
      traits: new Map(
        newestTraits(traits)
          .filter(({ name }) => request.traits?.includes(name) ?? false)
          .map(({ name, value }) => [name, value]),
      ),
      events: asked.sort(byStamp).map(({ occurredAt, source, type, payload }) => ({
        at: occurredAt,
        source,
        type,
        payload: () => payload,
      })),
    };
  }
}

function isAskedFor({ type, source, occurredAt }: EventRecord, request: HistoryRequest): boolean {
  const { types, sources, from = -Infinity, to = Infinity } = request;
  return (
    (types === undefined || types.includes(type)) &&
    (sources === undefined || sources.includes(source)) &&
    occurredAt >= from &&
    occurredAt < to
  );
}

function byStamp(left: EventRecord, right: EventRecord): number {
  return compareStamps(
    { at: left.occurredAt, source: left.source, key: left.key },
    { at: right.occurredAt, source: right.source, key: right.key },
  );
}
