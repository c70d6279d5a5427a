/**
 * Events that are known again by their text alone, having neither an id nor a time of their own: within a window the
 * same text is the same event, a retry; later it is another, such as a form that somebody fills in again next month.
 *
 * The first occurrence bears the hash of the text as its key. A later one adds the number of its window, so that it is
 * found by three look-ups, however often the text has occurred: two occurrences within a window of each other lie in
 * the same numbered window or in neighbours.
 */
import type { Milliseconds } from "../identity/types.ts";

export interface Recurring {
  readonly key: string;
  readonly receivedAt: Milliseconds;
  readonly repeatWindow: Milliseconds;
}

/** Behind the text's key, before the number of the window; no usable id holds a line break. */
const MARK = "\n@";

function numbered({ key, receivedAt, repeatWindow }: Recurring, offset: number): string {
  return `${key}${MARK}${Math.floor(receivedAt / repeatWindow) + offset}`;
}

/** The keys under which an earlier occurrence within the window may be known. */
export function recurrenceKeys(event: Recurring): readonly string[] {
  return [event.key, ...[-1, 0, 1].map((offset) => numbered(event, offset))];
}

/** The key of the event, given when those of `recurrenceKeys` that are known were received. */
export function recurrenceKey(
  event: Recurring,
  receivedAtOf: (key: string) => Milliseconds | undefined,
): string {
  const repeated = recurrenceKeys(event).find((key) => {
    const receivedAt = receivedAtOf(key);
    return (
      receivedAt !== undefined && Math.abs(receivedAt - event.receivedAt) <= event.repeatWindow
    );
  });
  if (repeated !== undefined) return repeated;
  return receivedAtOf(event.key) === undefined ? event.key : numbered(event, 0);
}

/** The key without the number of its window, which says when the event was received and nothing of the event. */
export function withoutRecurrence(key: string): string {
  const mark = key.lastIndexOf(MARK);
  return mark === -1 ? key : key.slice(0, mark);
}
