import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventFilterSchema, type EventFilter } from "../../schema/http/event-filter.ts";
import {
  compileEventFilter,
  eventFilterFaults,
  typesOf,
} from "../../src/questions/event-filter.ts";

/** Whether an event with a payload is meant by conditions on it, as they are sent. */
function isMeant(where: unknown, payload: unknown): boolean {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const filter = eventFilterSchema.parse({ type: "paid", where });
  return compileEventFilter(filter)({ at: 0, source: "shop", type: "paid", payload: () => text });
}

describe("a filter", () => {
  test("means events of its type, and of its source where it names one", () => {
    const paid = { at: 0, source: "shop", type: "paid", payload: () => "{}" };
    const any = compileEventFilter({ type: "paid" });
    const one = compileEventFilter({ type: "paid", source: "shop" });
    expect([any(paid), one(paid)]).toEqual([true, true]);
    expect([any({ ...paid, source: "app" }), one({ ...paid, source: "app" })]).toEqual([
      true,
      false,
    ]);
    expect(any({ ...paid, type: "Paid" })).toBe(false);
  });

  test("reads no payload but of an event whose type and source it means, and none without conditions", () => {
    const payload = () => {
      throw new Error("read");
    };
    const filter = { type: "paid", source: "shop", where: { a: 1 } };
    expect(compileEventFilter(filter)({ at: 0, source: "app", type: "paid", payload })).toBe(false);
    expect(compileEventFilter(filter)({ at: 0, source: "shop", type: "seen", payload })).toBe(
      false,
    );
    expect(
      compileEventFilter({ type: "paid", where: {} })({
        at: 0,
        source: "app",
        type: "paid",
        payload,
      }),
    ).toBe(true);
  });

  test("wants all of its conditions", () => {
    expect(isMeant({ a: 1, b: "x" }, { a: 1, b: "x" })).toBe(true);
    expect(isMeant({ a: 1, b: "x" }, { a: 1, b: "y" })).toBe(false);
  });

  test("says which types are asked for, once each", () => {
    expect(typesOf([{ type: "a" }, { type: "b" }, { type: "a" }])).toEqual(["a", "b"]);
  });
});

describe("a path in a filter", () => {
  const order = {
    order: {
      items: [
        { sku: "a", price: 5 },
        { sku: "b", price: 50 },
      ],
    },
    "x.y": 1,
  };

  test("is one of those that sources are configured with", () => {
    expect(isMeant({ "order.items[1].sku": "b" }, order)).toBe(true);
    expect(isMeant({ "order.items[].sku": "b" }, order)).toBe(true);
    expect(isMeant({ "$.order.items[?@.price > 10].sku": "b" }, order)).toBe(true);
    expect(isMeant({ "$.order.items[?@.price > 10].sku": "a" }, order)).toBe(false);
    expect(isMeant({ "x.y": 1 }, order)).toBe(true);
  });

  test("that leads to several values needs one that meets the whole condition", () => {
    expect(isMeant({ "order.items[].price": { gt: 4, lt: 6 } }, order)).toBe(true);
    expect(isMeant({ "order.items[].price": { gt: 6, lt: 49 } }, order)).toBe(false);
  });

  test("that nothing can be done with in a payload leads to nothing there", () => {
    expect(isMeant({ "$..a": { exists: false } }, "1")).toBe(true);
    expect(isMeant({ a: { exists: false } }, "null")).toBe(true);
  });

  test("is at fault, in its place, where it cannot be parsed or does not lie in the payload", () => {
    const where = { "a..b": 1, "$[": 1, "header:X-Shop": "x", fine: 1 };
    const faults = eventFilterFaults({ type: "paid", where }, ["steps", 2]);
    expect(faults.map(({ path }) => path)).toEqual([
      ["steps", 2, "where", "a..b"],
      ["steps", 2, "where", "$["],
      ["steps", 2, "where", "header:X-Shop"],
    ]);
    expect(faults.map(({ message }) => message).join("\n")).toMatch(
      /is not a path.*\n.*is not JSONPath.*\n.*does not lie in the body/,
    );
    expect(eventFilterFaults({ type: "paid" })).toEqual([]);
  });
});

describe("a condition", () => {
  test("that is a value asks for the same, of the same kind", () => {
    for (const value of ["7", 7, true, false, null, ""]) {
      for (const other of ["7", 7, true, false, null, "", [], {}, 0])
        expect(isMeant({ a: value }, { a: other })).toBe(value === other);
      expect(isMeant({ a: value }, {})).toBe(false);
    }
  });

  test("asks whether anything stands there, null as well", () => {
    for (const [body, stands] of [
      [{}, false],
      [{ a: null }, true],
      [{ a: [] }, true],
    ] as const) {
      expect(isMeant({ a: { exists: true } }, body)).toBe(stands);
      expect(isMeant({ a: { exists: false } }, body)).toBe(!stands);
    }
  });

  test("asks for one of several values, or for a part of a text", () => {
    expect(isMeant({ a: { in: ["x", 1, null] } }, { a: null })).toBe(true);
    expect(isMeant({ a: { in: ["x", 1, null] } }, { a: "1" })).toBe(false);
    expect(isMeant({ a: { contains: "lo w" } }, { a: "hello world" })).toBe(true);
    expect(isMeant({ a: { contains: "LO" } }, { a: "hello world" })).toBe(false);
    expect(isMeant({ a: { contains: "1" } }, { a: 1 })).toBe(false);
  });

  test("puts texts with texts and numbers with numbers in order, never one with the other", () => {
    expect(isMeant({ a: { gte: "2026-01", lt: "2026-02" } }, { a: "2026-01-31T00:00:00Z" })).toBe(
      true,
    );
    expect(isMeant({ a: { gte: 10 } }, { a: 9 })).toBe(false);
    expect(isMeant({ a: { gte: 10, lte: 10 } }, { a: 10 })).toBe(true);
    expect(isMeant({ a: { gt: 10 } }, { a: 10 })).toBe(false);
    expect(isMeant({ a: { gt: 1 } }, { a: "2" })).toBe(false);
    expect(isMeant({ a: { gt: "1" } }, { a: 2 })).toBe(false);
  });

  test("I10: tells numbers apart by every digit they were sent with", () => {
    const exact = { eq: { number: "9007199254740993" } };
    expect(isMeant({ a: exact }, '{"a":9007199254740993}')).toBe(true);
    expect(isMeant({ a: exact }, '{"a":9007199254740992}')).toBe(false);
    expect(isMeant({ "b[].a": exact }, '{"b":[{"a":1},{"a":9007199254740993}]}')).toBe(true);
    expect(isMeant({ a: 0.1 }, '{"a":0.1000000000000000055}')).toBe(false);
    expect(isMeant({ a: { gt: 0.1 } }, '{"a":0.1000000000000000055}')).toBe(true);
    expect(isMeant({ a: { gt: 0 } }, '{"a":1e-400}')).toBe(true);
    expect(isMeant({ a: { lt: { number: "1e401" } } }, '{"a":1e400}')).toBe(true);
    expect(isMeant({ a: 1 }, '{"a":1.0,"id":"12345678901234567890"}')).toBe(true);
    expect(isMeant({ a: 0.3 }, '{"a":3e-1}')).toBe(true);
  });

  test("I10: compares numbers as exact arithmetic does, long ones and short ones", () => {
    const literal = fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: 0, max: 20 }))
      .map(([units, places]) => ({
        text: `${units}e-${places}`,
        whole: units * 10n ** BigInt(20 - places),
      }));
    const short = fc
      .tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: 0, max: 2 }))
      .map(([units, places]) => ({
        text: `${units}e-${places}`,
        whole: BigInt(units) * 10n ** BigInt(20 - places),
      }));
    fc.assert(
      fc.property(fc.oneof(literal, short), fc.oneof(literal, short), (sent, bound) => {
        const payload = `{"a":${sent.text}}`;
        const number = { number: bound.text };
        expect(isMeant({ a: { gt: number } }, payload)).toBe(sent.whole > bound.whole);
        expect(isMeant({ a: { lte: number } }, payload)).toBe(sent.whole <= bound.whole);
        expect(isMeant({ a: { eq: number } }, payload)).toBe(sent.whole === bound.whole);
      }),
    );
  });
});

const scalar = fc.constantFrom<(string | number | boolean | null)[]>(
  "",
  "a",
  "ab",
  "7",
  0,
  7,
  7.5,
  -1,
  true,
  false,
  null,
);
const json = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("tree"), { maxKeys: 2 }),
  ),
})).tree;
const comparable = fc.constantFrom("", "a", "ab", "7", 0, 7, 7.5, -1);
const condition = fc.oneof(
  scalar,
  fc
    .record(
      {
        eq: scalar,
        in: fc.array(scalar, { minLength: 1, maxLength: 3 }),
        exists: fc.constant(true),
        gt: comparable,
        gte: comparable,
        lt: comparable,
        lte: comparable,
        contains: fc.constantFrom("a", "b"),
      },
      { requiredKeys: [] },
    )
    .filter((operators) => Object.keys(operators).length > 0),
  fc.constant({ exists: false as const }),
);
const path = fc.constantFrom("a", "b", "a.b", "a[]", "a[].b", "b[].a[]", "a[0]");
const where = fc.dictionary(path, condition, { maxKeys: 3 });

/** The simplest that could be right: every value a path leads to, asked everything. */
function naively(conditions: NonNullable<EventFilter["where"]>, payload: unknown): boolean {
  return Object.entries(conditions).every(([path, condition]) => {
    const found = path.match(/\w+|\[\]/g)!.reduce<readonly unknown[]>(
      (values, step) =>
        values.flatMap((value) => {
          if (step === "[]") return Array.isArray(value) ? value : [];
          const isHolder = typeof value === "object" && value !== null;
          return isHolder && Object.hasOwn(value, step) ? [value[step as keyof typeof value]] : [];
        }),
      [payload],
    );
    if (typeof condition !== "object" || condition === null) return found.includes(condition);
    if (condition.exists === false) return found.length === 0;
    return found.some((value) =>
      Object.entries(condition).every(([name, bound]) => {
        if (name === "exists") return true;
        if (name === "eq") return value === bound;
        if (name === "in") return (bound as unknown[]).includes(value);
        if (name === "contains")
          return typeof value === "string" && value.includes(bound as string);
        if (typeof value !== typeof bound) return false;
        const [left, right] = [value as number, bound as number];
        if (name === "gt") return left > right;
        if (name === "gte") return left >= right;
        return name === "lt" ? left < right : left <= right;
      }),
    );
  });
}

test("filters and a naive evaluation of plain JSON agree", () => {
  fc.assert(
    fc.property(json, where, (payload, conditions) => {
      expect(isMeant(conditions, JSON.stringify(payload))).toBe(naively(conditions, payload));
    }),
    { numRuns: 2000 },
  );
});
