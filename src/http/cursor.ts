/**
 * Cursors: the place of what was read last. That of an event in a journey stays a place whatever is merged meanwhile, and
 * that of a delivery whatever else arrives.
 */
import { z } from "zod";
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

/** Undefined for what nobody could have encoded. */
function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
