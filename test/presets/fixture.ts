/**
 * Recorded deliveries of the known senders: for each a request as it went over the wire (`NAME/CASE.http`) and what is
 * to become of it (`NAME/CASE.json`). Reads the files; knows nothing of configuration and extraction.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What is to become of one event of a delivery. */
export type ExpectedEvent =
  | {
      readonly becomes: "accepted" | "anonymous";
      readonly type: string;
      /** `sha256` where the text tells a redelivery from a new event, because the sender gives no id. */
      readonly id: string;
      /** Null where the event gives no time of its own. */
      readonly occurredAt: string | null;
      readonly home: string | null;
      readonly others: readonly string[];
      readonly traits: Readonly<Record<string, unknown>>;
    }
  | { readonly becomes: "dropped" };

export interface Fixture {
  readonly preset: string;
  readonly name: string;
  readonly method: string;
  /** The path of the source and the query, before any token. */
  readonly target: string;
  readonly contentType: string;
  /** By lower-case name. Without the headers by which the sender proves itself: see `sign.ts`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly events: readonly ExpectedEvent[];
}

const folder = fileURLToPath(new URL("fixtures/", import.meta.url));

export function readFixtures(): Fixture[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".http"))
    .toSorted()
    .map(readFixture);
}

function readFixture(file: string): Fixture {
  const text = readFileSync(`${folder}${file}`, "utf8");
  const end = text.indexOf("\n\n");
  const [request = "", ...headerLines] = text.slice(0, end).split("\n");
  const [method = "", target = ""] = request.split(" ");
  const headers = new Map(
    headerLines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    }),
  );
  const [preset = "", name = ""] = file.replace(/\.http$/, "").split("/");
  const expected = readFileSync(`${folder}${file.replace(/http$/, "json")}`, "utf8");
  const contentType = headers.get("content-type") ?? "";
  return {
    preset,
    name,
    method,
    target,
    contentType,
    headers,
    body: bodyOf(text.slice(end + 2), contentType),
    events: (JSON.parse(expected) as Pick<Fixture, "events">).events,
  };
}

/** Editors end a file with a line break, which no sender does; and the lines of multipart end as on the wire. */
function bodyOf(text: string, contentType: string): Buffer {
  const body = text.replace(/\n$/, "");
  return Buffer.from(
    contentType.startsWith("multipart/") ? body.replaceAll("\n", "\r\n") + "\r\n" : body,
  );
}

/** The presets that no delivery was recorded of: nobody would notice were they wrong. */
export function withoutFixture(
  presets: readonly string[],
  fixtures: readonly Pick<Fixture, "preset">[],
): string[] {
  return presets.filter((preset) => fixtures.every((fixture) => fixture.preset !== preset));
}
