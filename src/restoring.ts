/**
 * Restoring: where the newest value of somebody's trait came from an event that goes with somebody else, the one before it
 * counts again. It was not kept, so it is read again from the events that stay, by the present configuration.
 */
import type { Settings } from "./config/config.ts";
import { readTraits } from "./extract/extract.ts";
import { JsonText } from "./extract/json-text.ts";
import type { TraitChange } from "./identity/change-set.ts";
import type { Trait } from "./identity/types.ts";
import type { LostTraits } from "./store/erasures.ts";
import type { EventRecord, Store } from "./store/store.ts";

export interface RestoringOptions {
  readonly settings: Pick<Settings, "sources">;
  readonly store: Pick<Store, "journey">;
}

const EVENTS_AT_ONCE = 200;
const BYTES_AT_ONCE = 2 ** 20;
/** Of one identifier; a value that is older than these is not looked for. */
const EVENTS_MAX = 2000;

/** Rejects with a StoreError. */
export async function restoredTraits(
  options: RestoringOptions,
  lost: readonly LostTraits[],
): Promise<readonly TraitChange[]> {
  const restored: TraitChange[] = [];
  for (const one of lost) restored.push(...(await restoredOf(options, one)));
  return restored;
}

async function restoredOf(
  { settings, store }: RestoringOptions,
  { profile, names, events: going }: LostTraits,
): Promise<TraitChange[]> {
  const missing = new Set(names);
  const restored: TraitChange[] = [];
  for await (const event of eventsOf(store, profile)) {
    if (event.provisional !== profile || going.has(event.id)) continue;
    for (const { name, value } of traitsOf(event, settings)) {
      if (!missing.delete(name)) continue;
      const { occurredAt: at, source, key, timeGiven, id } = event;
      restored.push({ profile, name, value, stamp: { at, source, key }, timeGiven, event: id });
    }
    if (missing.size === 0) break;
  }
  return restored;
}

/** Of the whole person, the newest first. */
async function* eventsOf(
  store: RestoringOptions["store"],
  profile: string,
): AsyncGenerator<EventRecord, void> {
  let after: TraitChange["stamp"] | undefined;
  for (let seen = 0; seen < EVENTS_MAX;) {
    const page = await store.journey({
      profile,
      order: "desc",
      limit: EVENTS_AT_ONCE,
      bytesMax: BYTES_AT_ONCE,
      after,
    });
    const events = page?.events ?? [];
    yield* events;
    const last = events.at(-1);
    if (last === undefined || page?.more !== true) return;
    after = { at: last.occurredAt, source: last.source, key: last.key };
    seen += events.length;
  }
}

/** What stood in the request beside the event is not kept. */
function traitsOf(
  { source, payload }: EventRecord,
  settings: RestoringOptions["settings"],
): Trait[] {
  const known = settings.sources.get(source);
  if (known === undefined) return [];
  const subject = {
    body: JSON.parse(payload) as unknown,
    json: new JsonText(payload),
    headers: new Map<string, string>(),
    query: new URLSearchParams(),
  };
  return readTraits(known, subject);
}
