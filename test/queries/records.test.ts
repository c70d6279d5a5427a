/** An event's or a profile's JSON text is its record's, byte for byte, whatever the sender called things. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { writeJson } from "../../src/queries/json.ts";
import { eventJson, eventRecord, profileJson, profileRecord } from "../../src/queries/records.ts";

const id = fc.stringMatching(/^[0-9a-v]{26}$/);
const event = fc.record({
  id: id.map((text) => `ev_${text}`),
  source: fc.string(),
  key: fc.string(),
  type: fc.oneof(fc.string({ unit: "binary" }), fc.constant('"\\\n\u2028\ud800')),
  occurredAt: fc.integer({ min: 0, max: 4e12 }),
  timeGiven: fc.boolean(),
  receivedAt: fc.integer({ min: 0, max: 4e12 }),
  delivery: fc.string(),
  payload: fc.json(),
  provisional: id.map((text) => `pr_${text}`),
});

test("an event is written as its record is", () => {
  fc.assert(
    fc.property(event, (record) => {
      expect(eventJson(record)).toBe(writeJson(eventRecord(record)));
    }),
  );
});

const time = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
const profile = fc.record({
  id: id.map((text) => `pr_${text}`),
  formerIds: fc.array(id.map((text) => `pr_${text}`)),
  identifiers: fc.array(
    fc.record({
      identifier: fc.string(),
      namespace: fc.string(),
      value: fc.oneof(fc.string({ unit: "binary" }), fc.constant('"\\\n\u2028\ud800')),
      provisional: id.map((text) => `pr_${text}`),
      firstSeenAt: time,
      lastSeenAt: time,
      sources: fc.array(fc.string()),
    }),
  ),
  traits: fc.uniqueArray(
    fc.record({
      name: fc.string({ unit: "binary" }),
      value: fc.json(),
      at: time,
      source: fc.string(),
      event: id.map((text) => `ev_${text}`),
    }),
    { selector: ({ name }) => name },
  ),
  eventCount: fc.nat(),
  firstSeenAt: time,
  lastSeenAt: time,
});

test("a profile is written as its record is", () => {
  fc.assert(
    fc.property(profile, (view) => {
      expect(profileJson(view)).toBe(writeJson(profileRecord(view)));
    }),
  );
});
