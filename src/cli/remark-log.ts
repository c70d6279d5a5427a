/**
 * Logs what an operator should know of senders. Anybody can send what cannot be verified, so of each source only so many
 * lines are written, and the next one tells how many were left out.
 */
import type { Logger } from "pino";
import type { Remark } from "../messages.ts";
import { TokenBucket } from "../token-bucket.ts";

/** Enough to see what is wrong with a sender; a line a second while it goes on. */
const RATE = { perSecond: 1, burst: 20 };

export function remarkLog(
  logger: Pick<Logger, "warn">,
  clock: () => number = Date.now,
): (remark: Remark) => void {
  const states = new Map<string, { readonly bucket: TokenBucket; leftOut: number }>();
  return (remark) => {
    // A source's name holds no space.
    const key = `${remark.kind} ${remark.source}`;
    const state = states.get(key) ?? { bucket: new TokenBucket(RATE), leftOut: 0 };
    states.set(key, state);
    if (state.bucket.take(clock()) !== "taken") {
      state.leftOut++;
      return;
    }
    const more = state.leftOut === 0 ? {} : { leftOut: state.leftOut };
    state.leftOut = 0;
    const { kind: _, ...details } = remark;
    logger.warn({ ...details, ...more }, messageOf(remark));
  };
}

function messageOf(remark: Remark): string {
  switch (remark.kind) {
    case "unverified":
      return `a delivery to ${remark.source} was not verified: ${remark.reason}`;
    case "differing":
      return `${remark.source} sent the id of a stored event again with another body; the first is kept`;
  }
}
