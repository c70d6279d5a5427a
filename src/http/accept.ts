/** Content negotiation (RFC 9110, 12.5.1): which of the content types on offer a client would rather have. */
import type { Context } from "hono";
import { parseAccept } from "hono/utils/accept";
import { problem } from "./problem.ts";

/** How closely a range of types names a type; undefined where it does not. */
function closeness(range: string, type: string): number | undefined {
  const name = range.toLowerCase();
  if (name === type) return 2;
  if (name === `${type.split("/", 1)[0]}/*`) return 1;
  return name === "*/*" ? 0 : undefined;
}

interface Wanted {
  readonly quality: number;
  readonly closeness: number;
}

/** By the range that names the type most closely; undefined where none does or the client does not want it. */
function wanted(ranges: ReturnType<typeof parseAccept>, type: string): Wanted | undefined {
  const [closest] = ranges
    .map((range) => ({ quality: range.q, closeness: closeness(range.type, type) }))
    .filter((range): range is Wanted => range.closeness !== undefined)
    .toSorted((left, right) => right.closeness - left.closeness || right.quality - left.quality);
  return closest === undefined || closest.quality === 0 ? undefined : closest;
}

/**
 * The type with the greatest quality; of several the one that is named most closely, and of those the one offered first,
 * which whoever asks for nothing gets. Undefined where the client accepts none.
 */
export function acceptedType<Type extends string>(
  header: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type | undefined {
  if (header === undefined || header.trim() === "") return offered[0];
  const ranges = parseAccept(header);
  const [best] = offered
    .flatMap((type) => {
      const asked = wanted(ranges, type);
      return asked === undefined ? [] : [{ type, ...asked }];
    })
    .toSorted((left, right) => right.quality - left.quality || right.closeness - left.closeness);
  return best?.type;
}

/** What every answer says whose type the client was asked for. */
export const VARYING = { Vary: "Accept" } as const;

/**
 * The type the client asks for, or the answer that it can have none. `what` begins the sentence that says so. Whatever is
 * answered then has to bear `VARYING`.
 */
export function typeOrRefusal<Type extends string>(
  context: Context,
  what: string,
  offered: readonly [Type, ...Type[]],
): Type | Response {
  const type = acceptedType(context.req.header("accept"), offered);
  if (type !== undefined) return type;
  context.header("Vary", VARYING.Vary);
  return problem(context, "not-acceptable", `${what} can be had as ${offered.join(", ")}.`);
}
