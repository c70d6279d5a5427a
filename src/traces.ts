/**
 * Traces: where a person may stand in what no path has mapped, deliveries in quarantine and events that name nobody. They
 * are looked through a slice at a time, so that others have their turn; whoever looks again sees only what came since.
 */
import type { Settings } from "./config/config.ts";
import { Naming } from "./extract/naming.ts";
import { textsInJson, textsOfDelivery } from "./extract/texts.ts";
import type { EventId, Node, ProfileId } from "./identity/types.ts";
import type { KeptDelivery } from "./store/deliveries.ts";
import type { AnonymousText } from "./store/erasures.ts";
import type { Store } from "./store/store.ts";

interface TracesOptions {
  readonly store: Pick<Store, "anonymousTexts" | "keptDeliveries" | "keptDelivery">;
  readonly settings: Pick<Settings, "sources">;
}

const EVENTS_AT_ONCE = 500;
const BYTES_AT_ONCE = 2 ** 20;
const DELIVERIES_AT_ONCE = 1000;

/** Which events of a delivery name the person, by their places, of how many. */
interface Standing {
  readonly places: ReadonlySet<number>;
  readonly events: number;
}

const UNSEEN: Standing = { places: new Set(), events: 0 };

export class Traces {
  readonly #options: TracesOptions;
  readonly #ids: ReadonlySet<ProfileId>;
  readonly #naming: Naming;
  readonly #anonymous = new Set<EventId>();
  readonly #deliveries = new Map<string, Standing>();
  #lastEvent: Pick<AnonymousText, "number" | "id"> | undefined;

  constructor(options: TracesOptions, identifiers: readonly Node[]) {
    this.#options = options;
    this.#ids = new Set(identifiers.map(({ id }) => id));
    this.#naming = new Naming(identifiers.map(({ identifier }) => identifier));
  }

  /** Whether all of these are looked for. */
  covers(identifiers: readonly Node[]): boolean {
    return identifiers.every(({ id }) => this.#ids.has(id));
  }

  /** The events that name nobody and in which the person stands; some may be gone since. */
  get anonymous(): readonly EventId[] {
    return [...this.#anonymous];
  }

  /** The same of deliveries of which something lies in quarantine. */
  get deliveries(): readonly string[] {
    return [...this.#deliveries].filter(([, { places }]) => places.size > 0).map(([id]) => id);
  }

  /** Whether the person may stand in one event of a delivery, by its place in it; undefined for the delivery as a whole. */
  standsIn(delivery: string, place: number | undefined): boolean {
    const { places, events } = this.#deliveries.get(delivery) ?? UNSEEN;
    if (places.size === 0) return false;
    // Where events cannot be told apart now as they were then, each may be the one.
    return place === undefined || events === 1 || place >= events || places.has(place);
  }

  /** Looks at what it has not seen yet. Rejects with a StoreError. */
  async look(): Promise<void> {
    await this.#lookAtEvents();
    await this.#lookAtDeliveries();
  }

  async #lookAtEvents(): Promise<void> {
    const { store, settings } = this.#options;
    for (let after = await this.#seenUpTo(); ; after = this.#lastEvent!.number) {
      const page = await store.anonymousTexts({
        after,
        limit: EVENTS_AT_ONCE,
        bytesMax: BYTES_AT_ONCE,
      });
      if (page.length === 0) return;
      for (const { number, id, source, payload } of page) {
        const known = settings.sources.get(source);
        if (this.#naming.isIn(textsInJson(payload), known)) this.#anonymous.add(id);
        this.#lastEvent = { number, id };
      }
      await othersTurn();
    }
  }

  /** A store may give the number of the last event again when that is gone: then all is looked at again. */
  async #seenUpTo(): Promise<number> {
    const last = this.#lastEvent;
    if (last === undefined) return 0;
    const request = { after: last.number - 1, limit: 1, bytesMax: BYTES_AT_ONCE };
    const [still] = await this.#options.store.anonymousTexts(request);
    return still?.id === last.id ? last.number : 0;
  }

  async #lookAtDeliveries(): Promise<void> {
    const { store } = this.#options;
    let after: string | undefined;
    for (;;) {
      const page = await store.keptDeliveries({ after, limit: DELIVERIES_AT_ONCE });
      let bytes = 0;
      for (const summary of page) {
        if (this.#deliveries.has(summary.id)) continue;
        const kept = await store.keptDelivery(summary.id);
        if (kept === undefined) continue;
        this.#deliveries.set(summary.id, this.#standingIn(kept.delivery));
        bytes += summary.bytes;
        if (bytes <= BYTES_AT_ONCE) continue;
        bytes = 0;
        await othersTurn();
      }
      after = page.at(-1)?.id;
      if (page.length < DELIVERIES_AT_ONCE) return;
      await othersTurn();
    }
  }

  #standingIn({ source, contentType, headers, query, body }: KeptDelivery): Standing {
    const request = {
      contentType,
      headers: new Map(Object.entries(headers)),
      query: new URLSearchParams(query),
      body,
    };
    const known = this.#options.settings.sources.get(source);
    const events = textsOfDelivery(request, known);
    const named = events.map((texts) => this.#naming.isIn(texts, known));
    const places = new Set(named.flatMap((isNamed, place) => (isNamed ? [place] : [])));
    return { places, events: events.length };
  }
}

export function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
