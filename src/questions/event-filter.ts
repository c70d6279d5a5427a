/** Filters on events, made ready: which events a filter means, which it needs, and which of its paths are none. */
import type { EventFilter } from "../../schema/http/event-filter.ts";
import { compileBodyPath, PathSyntaxError } from "../extract/path.ts";
import type { HistoryEvent } from "../store/histories.ts";
import { compileCondition } from "./condition.ts";
import { Payload } from "./payload.ts";

export type EventTest = (event: HistoryEvent) => boolean;

/** What is wrong with a filter that its schema cannot see. */
export interface FilterFault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Every path of a filter that cannot be parsed, or does not lie in the payload; `at` is where the filter stands. */
export function eventFilterFaults(
  filter: EventFilter,
  at: readonly PropertyKey[] = [],
): readonly FilterFault[] {
  return Object.keys(filter.where ?? {}).flatMap((path) => {
    try {
      compileBodyPath(path);
      return [];
    } catch (error) {
      if (!(error instanceof PathSyntaxError)) throw error;
      return [{ path: [...at, "where", path], message: error.message }];
    }
  });
}

/** The filter must have no faults. An event's payload is read only where type and source leave it open. */
export function compileEventFilter({ type, source, where = {} }: EventFilter): EventTest {
  const isMeant = ({ type: itsType, source: itsSource }: HistoryEvent) =>
    itsType === type && (source === undefined || itsSource === source);
  const conditions = Object.entries(where).map(([path, condition]) => ({
    path: compileBodyPath(path),
    isMet: compileCondition(condition),
  }));
  if (conditions.length === 0) return isMeant;
  return (event) => {
    if (!isMeant(event)) return false;
    const payload = new Payload(event.payload());
    return conditions.every(({ path, isMet }) => isMet(payload.find(path), payload));
  };
}

/** The types that filters are about, for a request of histories. */
export function typesOf(filters: readonly Pick<EventFilter, "type">[]): readonly string[] {
  return [...new Set(filters.map(({ type }) => type))];
}
