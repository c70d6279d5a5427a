/** Content negotiation: which type a client gets by what it says it accepts. */
import { expect, test } from "vitest";
import { acceptedType } from "../../src/http/accept.ts";

const OFFERED = ["application/json", "application/x-ndjson", "text/csv"] as const;

test.each([
  [undefined, "application/json"],
  ["", "application/json"],
  ["*/*", "application/json"],
  ["application/json", "application/json"],
  ["application/x-ndjson", "application/x-ndjson"],
  ["Text/CSV", "text/csv"],
  ["text/csv; charset=utf-8", "text/csv"],
  // What is named beats what is only allowed, where both are wanted alike.
  ["text/csv, */*", "text/csv"],
  ["*/*, application/x-ndjson", "application/x-ndjson"],
  ["text/*", "text/csv"],
  ["application/*", "application/json"],
  ["text/csv;q=0.5, application/x-ndjson;q=0.8", "application/x-ndjson"],
  ["text/csv;q=0.5, */*", "application/json"],
  // Of types that are named alike the one offered first.
  ["text/csv, application/x-ndjson, application/json", "application/json"],
  ["application/json;q=0, */*", "application/x-ndjson"],
  ["application/json;q=0, application/*;q=0.3, text/csv;q=0.2", "application/x-ndjson"],
  // What browsers send.
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"],
  ["text/html", undefined],
  ["application/parquet", undefined],
  ["text/csv;q=0", undefined],
  ["*/*;q=0", undefined],
])("Accept: %s gives %s", (header, type) => {
  expect(acceptedType(header, OFFERED)).toBe(type);
});
