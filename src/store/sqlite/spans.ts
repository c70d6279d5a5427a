/** Spans of time, of which several make one. */
import type { Milliseconds } from "../../identity/types.ts";

export interface Span {
  readonly first: Milliseconds;
  readonly last: Milliseconds;
}

export function joinSpans(spans: readonly (Span | undefined)[]): Span | undefined {
  let joined: Span | undefined;
  for (const span of spans) {
    if (span === undefined) continue;
    joined = {
      first: Math.min(span.first, joined?.first ?? span.first),
      last: Math.max(span.last, joined?.last ?? span.last),
    };
  }
  return joined;
}
