/** What clients are told of a store that cannot do its work now. */
import type { StoreError } from "./store/store.ts";

export type StoreRejectionCode = "store-unavailable" | "rules-superseded";

export function rejectionOf({ fault }: StoreError): StoreRejectionCode {
  switch (fault) {
    case "busy":
    case "full":
    case "unavailable":
      return "store-unavailable";
    case "superseded":
      return "rules-superseded";
  }
}

/** One sentence; trying again helps where the fault passes by itself. */
export function adviceOn(error: StoreError): string {
  return rejectionOf(error) === "store-unavailable"
    ? `${error.message}; try again soon.`
    : `${error.message}.`;
}
