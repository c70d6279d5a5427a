/** The resolver at work: batches as large as one commit of the service, each resolved and then taken in. */
import { BatchResolution } from "../../src/identity/resolve.ts";
import type { Rules } from "../../src/identity/rules.ts";
import type { NamedIdentifiers } from "../resolve/events.ts";
import { identifiedEvents } from "./identified-events.ts";
import { MemoryNeighbourhood } from "./memory-neighbourhood.ts";

/** As many events as share one commit of the service. */
const BATCH_EVENTS = 1000;
/** None that anybody could touch: what is compared is how profiles are joined. */
const RULES: Rules = {
  namespaces: new Map(),
  elsewhere: {
    block: [],
    trust: "claimed",
    limit: Infinity,
    genericAfter: Infinity,
    priority: Infinity,
  },
  identifiersPerProfileMax: Infinity,
  identifiersPerComponentMax: Infinity,
};

/** What it returns is the work, which returns a way to list the components. */
export async function prepareResolver(events: NamedIdentifiers): Promise<() => () => string[][]> {
  const identified = await identifiedEvents(events);
  return () => {
    const neighbourhood = new MemoryNeighbourhood();
    for (let start = 0; start < identified.length; start += BATCH_EVENTS) {
      const batch = identified.slice(start, start + BATCH_EVENTS);
      const resolution = new BatchResolution(batch, neighbourhood, RULES);
      for (let missing = resolution.missing(); missing; missing = resolution.missing())
        resolution.supply({ counts: neighbourhood.counts(missing.counts), contents: new Map() });
      neighbourhood.apply(resolution.finish().changes);
    }
    return () => neighbourhood.components();
  };
}
