/** What the senders share: how something that a person does becomes a delivery. */
import { formatTime } from "../../../../src/extract/time.ts";
import type { Milliseconds } from "../../../../src/identity/types.ts";
import type { SimulatedDelivery } from "../cast.ts";
import type { Random } from "../random.ts";

/** Something that happens at a time, told by the system it happens in. */
export type Deed = (at: Milliseconds, random: Random) => SimulatedDelivery;

/** A delivery with a JSON body. */
export function jsonDelivery(
  parts: Omit<SimulatedDelivery, "contentType" | "body"> & { readonly body: unknown },
): SimulatedDelivery {
  return { ...parts, contentType: "application/json", body: JSON.stringify(parts.body) };
}

/** `2026-03-02T08:15:00Z`: whole seconds, as most senders write them. */
export function secondsText(at: Milliseconds): string {
  return formatTime(at).replace(".000Z", "Z");
}

export function unixSeconds(at: Milliseconds): number {
  return at / 1000;
}
