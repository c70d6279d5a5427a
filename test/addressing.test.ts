import { describe, expect, test } from "vitest";
import { addressBatch, findIdentifier, type UnaddressedEvent } from "../src/addressing.ts";
import { createIdScheme } from "../src/identity/ids.ts";
import type { Identifier } from "../src/identity/types.ts";
import { NO_QUARANTINE } from "../src/store/deliveries.ts";
import type { Store } from "../src/store/store.ts";
import { SEEDS } from "./support/ids.ts";
import { NO_RULES, resolveBatch } from "./support/resolving.ts";
import { storeKinds } from "./support/stores.ts";

/** A hash so weak that ids collide all the time: the texts must decide all the same. */
const weak = createIdScheme((text) => {
  const sum = Buffer.from(text).reduce((total, byte) => total + byte, 0);
  return BigInt(sum % 97);
}, SEEDS);

function named(
  key: string,
  home: Identifier,
  others: readonly Identifier[] = [],
): UnaddressedEvent {
  return {
    source: "crm",
    key,
    type: "message",
    occurredAt: 1,
    timeGiven: true,
    receivedAt: 1,
    delivery: "dl_1",
    home,
    others,
    traits: [{ name: "key", value: JSON.stringify(key) }],
    trust: "verified",
    payload: "{}",
  };
}

const chat = (value: string): Identifier => ({ namespace: "chat", value });

async function commit(store: Store, events: readonly UnaddressedEvent[]) {
  const addressed = await addressBatch(store, weak, events, []);
  const { changes } = await resolveBatch(store, addressed, NO_RULES);
  const whole = { changes, ...NO_QUARANTINE, tallies: [] };
  expect(await store.commit(whole, addressed.basis)).toBe("committed");
  return addressed;
}

describe.each(storeKinds)("ids that collide, in $name", (kind) => {
  test.each([1, 4, 20])(
    "never make one person or one event of two (batches of %i)",
    async (size) => {
      const opened = kind.open();
      try {
        const { store } = opened;
        const events = Array.from({ length: 20 }, (_, index) =>
          named(`k${index}`, chat(`U${index}`), [chat(`V${index}`)]),
        );
        for (let start = 0; start < events.length; start += size)
          await commit(store, events.slice(start, start + size));
        const found = new Set<string>();
        for (const { home, key } of events) {
          const id = await findIdentifier(store, weak, home!);
          const profile = (await store.profile(id!))!;
          expect(profile.members.map(({ node }) => node.identifier.value)).toEqual([
            home!.value,
            home!.value.replace("U", "V"),
          ]);
          expect(profile.traits.map(({ value }) => value)).toEqual([JSON.stringify(key)]);
          expect(profile.eventCount).toBe(1);
          found.add(profile.id);
        }
        expect(found.size).toBe(events.length);
        expect(await findIdentifier(store, weak, chat("nobody"))).toBeUndefined();
      } finally {
        await opened.dispose();
      }
    },
  );

  test("are the same on a second arrival", async () => {
    const opened = kind.open();
    try {
      const events = ["a", "b", "c"].map((key) => named(key, chat(key)));
      const first = await commit(opened.store, events);
      const again = await addressBatch(opened.store, weak, events.toReversed(), []);
      expect(again.events.map(({ id }) => id)).toEqual(
        first.events.map(({ id }) => id).toReversed(),
      );
      expect(again.neighbourhood.events.size).toBe(3);
    } finally {
      await opened.dispose();
    }
  });
});
