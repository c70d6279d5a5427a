/** Where people stand in the list of a search. */
import { expect, test } from "vitest";
import { placeOf, type Searched, type SearchFilter } from "../../src/store/search.ts";

/** A person founded at 3, of whom a leaf `exists` holds where its name is a number: there. */
const person: Searched = {
  founder: 3,
  placeOfLeaf: (leaf) =>
    leaf.kind === "exists" && leaf.name !== "never" ? Number(leaf.name) : undefined,
};

const at = (name: number | "never"): SearchFilter => ({ kind: "exists", name: String(name) });
const all = (...of: SearchFilter[]): SearchFilter => ({ kind: "all", of });
const any = (...of: SearchFilter[]): SearchFilter => ({ kind: "any", of });
const not = (of: SearchFilter): SearchFilter => ({ kind: "not", of });

test.each<readonly [string, SearchFilter, number | undefined]>([
  ["everybody at their founder", { kind: "everybody" }, 3],
  ["where a leaf holds, there", at(7), 7],
  ["where it does not, nowhere", at("never"), undefined],
  ["all of several where the last of them was seen", all(at(7), at(9), at(5)), 9],
  ["nowhere where one of all is missing", all(at(7), at("never")), undefined],
  ["any of several where the first of them was seen", any(at(7), at("never"), at(5)), 5],
  ["nowhere where each of any is missing", any(at("never"), at("never")), undefined],
  ["what does not hold at the founder", not(at("never")), 3],
  ["nowhere where it does", not(at(7)), undefined],
  ["nested", all(any(at(9), at(5)), not(at("never"))), 5],
])("%s", (_name, filter, place) => {
  expect(placeOf(filter, person)).toBe(place);
});
