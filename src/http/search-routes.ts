/** Finding people: by a filter, or by one identifier in any spelling. */
import type { Context } from "hono";
import type { SearchFilterInput } from "../../schema/http/search-filter.ts";
import {
  profilesParametersSchema,
  searchAnswerSchema,
  searchRequestSchema,
} from "../../schema/http/search.ts";
import type { Analyst } from "../analyst.ts";
import { foundProfiles, type Holder, type PeopleSearch } from "../queries/people-search.ts";
import { badRequest, json, limitSchema } from "./answers.ts";
import { decodeSearchCursor, encodeSearchCursor } from "../queries/cursor.ts";
import type { Api } from "./operation.ts";
import { problem } from "./problem.ts";
import { QUESTION_PROBLEMS, told } from "./question-routes.ts";
import { profileRecord } from "../queries/records.ts";

/** A page of a search, as it was asked for. */
interface Wanted {
  readonly filter?: SearchFilterInput | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface Finders {
  readonly search: PeopleSearch;
  readonly analyst: Analyst;
}

export function addSearch(api: Api, finders: Finders, pageSizeMax: number): void {
  api.add(
    {
      id: "searchProfiles",
      method: "post",
      path: "/v1/search",
      tag: "people",
      scope: "read",
      summary: "People who meet a filter",
      description:
        "In the order in which what makes each of them match was first seen, so that a cursor stays a place while people merge. A page may be short or empty though there is a next one.",
      body: searchRequestSchema(pageSizeMax),
      example: {
        filter: {
          and: [
            { attribute: { field: "city", operator: "eq", value: "Rome" } },
            { event: { type: "purchase", from: "2026-01-01", atLeast: 2 } },
            { not: { attribute: { field: "email", operator: "exists" } } },
          ],
        },
        limit: 50,
      },
      answer: searchAnswerSchema,
      problems: QUESTION_PROBLEMS,
    },
    ({ context, body }) => page(context, finders, body),
  );
  api.add(
    {
      id: "listProfiles",
      method: "get",
      path: "/v1/profiles",
      tag: "people",
      scope: "read",
      summary: "The person with an identifier, or everybody",
      query: profilesParametersSchema(limitSchema(pageSizeMax)),
      answer: searchAnswerSchema,
      problems: QUESTION_PROBLEMS,
    },
    ({ context, query }) => {
      const { email, phone, identifier, ...wanted } = query;
      const { search } = finders;
      const { cursor } = wanted;
      if (email !== undefined)
        return one(context, "email", cursor, () => search.holderOf("email", email));
      if (phone !== undefined)
        return one(context, "phone", cursor, () => search.holderOf("phone", phone));
      if (identifier !== undefined)
        return one(context, "identifier", cursor, () => search.holder(identifier));
      return page(context, finders, wanted);
    },
  );
}

async function page(
  context: Context,
  { search, analyst }: Finders,
  { filter, limit, cursor }: Wanted,
): Promise<Response> {
  const start = cursor === undefined ? { place: 0 } : decodeSearchCursor(cursor, filter);
  if ("fault" in start) return unusableCursor(context, start.fault);
  const compiled = await search.request({ filter, after: start.place, limit });
  if ("faults" in compiled)
    return badRequest(
      context,
      compiled.faults.map(({ path, message }) => ({ path: ["filter", ...path], message })),
    );
  const { signal } = context.req.raw;
  const outcome = await analyst.ask({ kind: "search", question: compiled.request }, signal);
  return told(context, outcome, (found) =>
    json(context, {
      profiles: foundProfiles(found).map(profileRecord),
      next: found.next === undefined ? null : encodeSearchCursor(filter, found.next),
    }),
  );
}

/** The person whom a parameter names, which takes no page and no analyst. */
async function one(
  context: Context,
  parameter: string,
  cursor: string | undefined,
  find: () => Promise<Holder>,
): Promise<Response> {
  if (cursor !== undefined)
    return unusableCursor(context, `of one person by ${parameter} there is one page`);
  const holder = await find();
  return "unusable" in holder
    ? badRequest(context, [{ path: [parameter], message: holder.unusable }])
    : json(context, { profiles: holder.profiles.map(profileRecord), next: null });
}

function unusableCursor(context: Context, fault: string): Response {
  return problem(context, "bad-request", `The cursor cannot be used: ${fault}.`);
}
