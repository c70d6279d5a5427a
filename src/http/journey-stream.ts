/**
 * A whole journey as one answer: an event a line, as NDJSON or CSV. It is read page by page as the client takes it, each
 * page from where the one before it ended, so that memory holds one page and whatever is merged or split meanwhile, no
 * event comes twice. An event comes if it is the person's when its place is read.
 */
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Queries } from "../queries/queries.ts";
import type { JourneyQuery, JourneyView } from "../queries/people.ts";
import type { EventRecord } from "../store/store.ts";
import { typeOrRefusal } from "./accept.ts";
import { nobody } from "./answers.ts";
import { csvLines } from "./csv.ts";
import { problem } from "./problem.ts";
import { eventJson, eventRecord, onOneLine } from "../queries/records.ts";

const TYPES = ["application/json", "application/x-ndjson", "text/csv"] as const;
export type JourneyType = (typeof TYPES)[number];
type StreamedType = Exclude<JourneyType, "application/json">;

/** The type the client asks for, or the answer that it can have none. */
export function journeyType(context: Context): JourneyType | Response {
  return typeOrRefusal(context, "A journey", TYPES);
}

interface JourneyStreamOptions {
  readonly queries: Queries;
  /** How many events a page holds. */
  readonly pageSizeMax: number;
  /** Told of what fails after the answer has begun. */
  readonly onError: (error: unknown) => void;
}

export async function streamJourney(
  context: Context,
  type: StreamedType,
  query: Omit<JourneyQuery, "limit" | "after">,
  { queries, pageSizeMax, onError }: JourneyStreamOptions,
): Promise<Response> {
  const pageParameter = ["limit", "cursor"].find((name) => context.req.query(name) !== undefined);
  if (pageParameter !== undefined)
    return problem(
      context,
      "bad-request",
      `${pageParameter}: a stream holds the whole journey; leave it out, or ask for pages with Accept: application/json.`,
    );
  const reference = context.req.param("ref")!;
  const pageAfter = (after: JourneyView["next"] | undefined) =>
    queries.journey(reference, { ...query, limit: pageSizeMax, after: after ?? undefined });
  // Until there is a page, what goes wrong can still be told by a status.
  const first = await pageAfter(undefined);
  if (first === undefined) return nobody(context);
  const body = ReadableStream.from(
    chunks(first, pageAfter, FORMATS[type], (error) => {
      onError(error);
      breakOff(context, error);
    }),
  );
  const contentType = type === "text/csv" ? "text/csv; charset=utf-8; header=present" : type;
  return context.body(body, 200, { "Content-Type": contentType });
}

/** What is written of a journey before all events, and of a page of them. */
interface Format {
  readonly head: string;
  readonly lines: (events: readonly EventRecord[]) => string;
}

const FORMATS: Readonly<Record<StreamedType, Format>> = {
  "application/x-ndjson": {
    head: "",
    lines: (events) => events.map((event) => `${eventJson(oneLined(event))}\n`).join(""),
  },
  "text/csv": {
    head: csvLines([
      ["id", "source", "type", "occurredAt", "receivedAt", "provisional", "payload"],
    ]),
    lines: (events) =>
      csvLines(
        events.map((event) => {
          const { payload, ...rest } = eventRecord(oneLined(event));
          return [...Object.values(rest), payload.text];
        }),
      ),
  },
};

function oneLined(event: EventRecord): EventRecord {
  return { ...event, payload: onOneLine(event.payload) };
}

type PageAfter = (after: JourneyView["next"]) => Promise<JourneyView | undefined>;

/** A page each, the next one read when it is asked for. */
async function* chunks(
  first: JourneyView,
  pageAfter: PageAfter,
  { head, lines }: Format,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield Buffer.from(head + lines(first.events));
    for (let { next } = first; next !== null;) {
      // A client that takes everything at once must not keep all others waiting.
      await new Promise((resolve) => setImmediate(resolve));
      const page: JourneyView | undefined = await pageAfter(next);
      // Erased meanwhile: there is nothing of the person any more.
      if (page === undefined) return;
      yield Buffer.from(lines(page.events));
      next = page.next;
    }
  } catch (error) {
    onError(error);
  }
}

/**
 * Lets the client notice that the answer is not whole: its connection ends before the body does. Where there is no
 * connection, the body itself fails.
 */
function breakOff(context: Context, error: unknown): void {
  const { outgoing } = (context.env ?? {}) as Partial<HttpBindings>;
  if (outgoing === undefined) throw error;
  outgoing.destroy();
}
