/** What the filters that people write become. */
import { expect, test } from "vitest";
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import { createReferences } from "../../src/queries/references.ts";
import { compileFilter } from "../../src/queries/search-filter.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { commitNow, commitOf, created, fresh, node } from "../support/commits.ts";
import { ids, SEEDS } from "../support/ids.ts";

const mail = node("email", "ann@example.com");
const account = node("account", "9007199254740993");

async function compile(filter: SearchFilterInput | undefined) {
  const store = new MemoryStore(SEEDS);
  const identifiers = [created(mail, fresh(1)), created(account, fresh(2))];
  await commitNow(store, commitOf({ identifiers }));
  return compileFilter(createReferences(store, ids, { identifierBytesMax: 512 }), filter);
}

const equals = (field: string, value: string | number | boolean | { readonly number: string }) =>
  compile({ attribute: { field, operator: "eq", value } });

test("no filter means everybody", async () => {
  expect(await compile(undefined)).toEqual({ filter: { kind: "everybody" } });
});

test("a value is asked for as a trait, and as the identifier that it is in the namespace of that name", async () => {
  const leaf = { kind: "equals", name: "email" };
  expect(await equals("email", "ANN@example.com")).toEqual({
    filter: { ...leaf, value: '"ANN@example.com"', id: mail.id },
  });
  expect(await equals("email", "nobody@example.com")).toMatchObject({ filter: { id: undefined } });
  expect(await equals("email", "no address")).toEqual({
    filter: { ...leaf, value: '"no address"', id: undefined },
  });
});

test("I10: a number keeps its digits, also as an identifier", async () => {
  const leaf = { kind: "equals", name: "account" };
  expect(await equals("account", { number: "9007199254740993.0" })).toEqual({
    filter: { ...leaf, value: "9007199254740993.0", id: account.id },
  });
  expect(await equals("account", { number: "9007199254740992" })).toMatchObject({
    filter: { id: undefined },
  });
  expect(await equals("account", 7.5)).toEqual({
    filter: { ...leaf, value: "7.5", id: undefined },
  });
  expect(await equals("account", true)).toEqual({
    filter: { ...leaf, value: "true", id: undefined },
  });
});

test("every reference that can stand for nobody is told with its path", async () => {
  const bad = { identifier: "email:ann" };
  const filter = {
    and: [{ or: [{ identifier: "email:ann@example.com" }, bad] }, { not: { identifier: "ann" } }],
  };
  expect(await compile(filter)).toEqual({
    faults: [
      { path: ["and", 0, "or", 1, "identifier"], message: "not an e-mail address" },
      {
        path: ["and", 1, "not", "identifier"],
        message: "expected a profile id or namespace:value",
      },
    ],
  });
});
