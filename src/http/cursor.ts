/** Cursors of journeys: the place of the last event read, which stays a place whatever is merged meanwhile. */
import { z } from "zod";
import type { Stamp } from "../identity/types.ts";

const cursorSchema = z.tuple([z.enum(["asc", "desc"]), z.int(), z.string(), z.string()]);

export function encodeCursor(order: "asc" | "desc", { at, source, key }: Stamp): string {
  return Buffer.from(JSON.stringify([order, at, source, key])).toString("base64url");
}

/** The place, or why the text is no cursor for this order. */
export function decodeCursor(
  text: string,
  order: "asc" | "desc",
): { stamp: Stamp } | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return { fault: "it was not made by this service" };
  }
  const parsed = cursorSchema.safeParse(value);
  if (!parsed.success) return { fault: "it was not made by this service" };
  const [cursorOrder, at, source, key] = parsed.data;
  return cursorOrder === order
    ? { stamp: { at, source, key } }
    : { fault: `it belongs to order=${cursorOrder}` };
}
