/**
 * Cursors: the place of what was read last. That of an event in a journey stays a place whatever is merged meanwhile, and
 * that of a delivery whatever else arrives.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { TimelineQuestion } from "../../schema/http/timeline.ts";
import type { Stamp } from "../identity/types.ts";

const FOREIGN = "it was not made by this service";

const cursorSchema = z.tuple([z.enum(["asc", "desc"]), z.int(), z.string(), z.string()]);

export function encodeCursor(order: "asc" | "desc", { at, source, key }: Stamp): string {
  return Buffer.from(JSON.stringify([order, at, source, key])).toString("base64url");
}

/** The place, or why the text is no cursor for this order. */
export function decodeCursor(
  text: string,
  order: "asc" | "desc",
): { stamp: Stamp } | { fault: string } {
  const parsed = cursorSchema.safeParse(decode(text));
  if (!parsed.success) return { fault: FOREIGN };
  const [cursorOrder, at, source, key] = parsed.data;
  return cursorOrder === order
    ? { stamp: { at, source, key } }
    : { fault: `it belongs to order=${cursorOrder}` };
}

const deliveryCursorSchema = z.tuple([z.literal("deliveries"), z.string()]);

export function encodeDeliveryCursor(id: string): string {
  return Buffer.from(JSON.stringify(["deliveries", id])).toString("base64url");
}

/** The place, or why the text is no cursor of deliveries. */
export function decodeDeliveryCursor(text: string): { id: string } | { fault: string } {
  const parsed = deliveryCursorSchema.safeParse(decode(text));
  return parsed.success ? { id: parsed.data[1] } : { fault: FOREIGN };
}

const searchCursorSchema = z.tuple([z.literal("search"), z.string(), z.int().min(0)]);

/** A cursor goes on with the search it was made for, and no other: it bears what tells filters apart. */
export function encodeSearchCursor(filter: unknown, place: number): string {
  const cursor = ["search", fingerprintOf(filter), place];
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** The place, or why the text is no cursor for this filter. */
export function decodeSearchCursor(
  text: string,
  filter: unknown,
): { place: number } | { fault: string } {
  const decoded = decode(text);
  const parsed = searchCursorSchema.safeParse(decoded);
  if (!parsed.success)
    return { fault: isOfAnotherKind(decoded) ? "it belongs to no search" : FOREIGN };
  const [, fingerprint, place] = parsed.data;
  return fingerprint === fingerprintOf(filter)
    ? { place }
    : { fault: "it belongs to a search with another filter" };
}

const FINGERPRINT_CHARACTERS = 22;

/** 132 bits of SHA-256. */
function fingerprintOf(filter: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(filter ?? null));
  return hash.digest("base64url").slice(0, FINGERPRINT_CHARACTERS);
}

/** Every kind of cursor is a list that begins with its name. */
function isOfAnotherKind(decoded: unknown): boolean {
  return Array.isArray(decoded) && typeof decoded[0] === "string" && decoded[0] !== "search";
}

const timelineCursorSchema = z.tuple([z.literal("timeline"), z.string(), z.int()]);

/** The place behind the span of time that begins at `after`. */
export function encodeTimelineCursor(question: TimelineQuestion, after: number): string {
  const cursor = ["timeline", timelineText(question), after];
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** The place, or why the text is no cursor of this timeline. */
export function decodeTimelineCursor(
  text: string,
  question: TimelineQuestion,
): { after: number } | { fault: string } {
  const parsed = timelineCursorSchema.safeParse(decode(text));
  if (!parsed.success) return { fault: FOREIGN };
  const [, asked, after] = parsed.data;
  return asked === timelineText(question)
    ? { after }
    : { fault: "it belongs to a timeline with other parameters" };
}

/** A question as a text that tells it from others, whichever page of it is meant. */
function timelineText({ interval, from, to, source, type }: TimelineQuestion): string {
  return JSON.stringify([interval, from, to, source, type]);
}

/** Undefined for what nobody could have encoded. */
function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
