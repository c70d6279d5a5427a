/** Questions over everybody, each answered by the analyst or turned away by its limits. */
import type { Context } from "hono";
import {
  attributionAnswerSchema,
  attributionRequestSchema,
} from "../../schema/http/attribution.ts";
import { cursorSchema } from "../../schema/http/common.ts";
import { funnelAnswerSchema, funnelRequestSchema } from "../../schema/http/funnel.ts";
import { pathsAnswerSchema, pathsRequestSchema } from "../../schema/http/paths.ts";
import {
  timelineAnswerSchema,
  timelineQuerySchema,
  type TimelineQuestion,
} from "../../schema/http/timeline.ts";
import type { Analyst, AskOutcome } from "../analyst.ts";
import { formatTime } from "../extract/time.ts";
import { eventFilterFaults } from "../questions/event-filter.ts";
import type { FunnelAnswer } from "../questions/funnel.ts";
import type { TimelineAnswer, TimelineBucket } from "../questions/timeline.ts";
import { typeOrRefusal, VARYING } from "./accept.ts";
import { badRequest, json, limitSchema } from "./answers.ts";
import { decodeTimelineCursor, encodeTimelineCursor } from "../queries/cursor.ts";
import { RawJson, writeJson } from "../queries/json.ts";
import type { Api, Operation } from "./operation.ts";
import { problem, type ProblemCode } from "./problem.ts";

/** How any question may fail. */
export const QUESTION_PROBLEMS: readonly ProblemCode[] = [
  "question-too-long",
  "question-too-large",
  "too-many-questions",
  "cancelled",
  "store-unavailable",
];

const NDJSON = "application/x-ndjson";
const TIMELINE_TYPES = ["application/json", NDJSON] as const;

/** What holds for every operation that asks a question. */
const QUESTION = {
  tag: "questions",
  scope: "read",
  problems: QUESTION_PROBLEMS,
} satisfies Partial<Operation>;

export function addQuestions(api: Api, analyst: Analyst, pageSizeMax: number): void {
  addFunnel(api, analyst);
  addTimeline(api, analyst, pageSizeMax);
  addPaths(api, analyst);
  addAttribution(api, analyst);
}

/** Writes what a question was answered with, or says why it was not. */
export function told<Answer>(
  context: Context,
  outcome: AskOutcome<Answer>,
  write: (answer: Answer) => Response,
): Response {
  return outcome.kind === "answered"
    ? write(outcome.answer)
    : problem(context, outcome.code, outcome.detail);
}

function addFunnel(api: Api, analyst: Analyst): void {
  api.add(
    {
      ...QUESTION,
      id: "askFunnel",
      method: "post",
      path: "/v1/funnel",
      summary: "How many people go from step to step",
      description:
        "A person's chain begins with an event that is the first step and goes on, in the order of their journey, with the next event that is the next step; one event is never two steps. Every first step is tried: the chain that comes furthest counts, and of several the earliest. A person counts once, at every step of that chain.",
      body: funnelRequestSchema,
      example: {
        steps: [
          { type: "message", source: "chat" },
          { type: "form_submitted" },
          { type: "purchase" },
        ],
        within: "30d",
        by: "source",
      },
      answer: funnelAnswerSchema,
    },
    async ({ context, body }) => {
      const faults = body.steps.flatMap((step, place) => eventFilterFaults(step, ["steps", place]));
      if (faults.length > 0) return badRequest(context, faults);
      const { signal } = context.req.raw;
      const outcome = await analyst.ask({ kind: "funnel", question: body }, signal);
      return told(context, outcome, (answer) => json(context, funnelView(answer)));
    },
  );
}

function funnelView({ steps, groups }: FunnelAnswer) {
  const views = groups?.map(({ value, ...group }) => ({ value: new RawJson(value), ...group }));
  return { steps, groups: views };
}

function addTimeline(api: Api, analyst: Analyst, pageSizeMax: number): void {
  const query = timelineQuerySchema
    .extend({ limit: limitSchema(pageSizeMax), cursor: cursorSchema.optional() })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ["to"],
      error: "expected a time after from",
    });
  api.add(
    {
      ...QUESTION,
      id: "readTimeline",
      method: "get",
      path: "/v1/timeline",
      summary: "How many events there were and how many people they were of, by day, week or month",
      query,
      answer: timelineAnswerSchema,
      streams: { [NDJSON]: "One span a line, all of them, as in `timeline`." },
      problems: [...QUESTION_PROBLEMS, "not-acceptable"],
    },
    async ({ context, query: { limit, cursor, ...question } }) => {
      const type = typeOrRefusal(context, "A timeline", TIMELINE_TYPES);
      if (typeof type !== "string") return type;
      context.header("Vary", VARYING.Vary);
      const place =
        cursor === undefined ? { after: undefined } : decodeTimelineCursor(cursor, question);
      if ("fault" in place)
        return problem(context, "bad-request", `The cursor cannot be used: ${place.fault}.`);
      const isStream = type === NDJSON;
      const page = { ...place, ...(isStream ? {} : { limit }) };
      const { signal } = context.req.raw;
      const outcome = await analyst.ask(
        { kind: "timeline", question: { ...question, ...page } },
        signal,
      );
      return told(context, outcome, (answer) =>
        isStream
          ? lines(context, answer.timeline.map(bucketView))
          : json(context, timelineView(answer, question)),
      );
    },
  );
}

function bucketView({ from, ...bucket }: TimelineBucket) {
  return { from: formatTime(from), ...bucket };
}

function timelineView(answer: TimelineAnswer, question: TimelineQuestion) {
  const { timeline, people, events, more } = answer;
  const last = timeline.at(-1);
  return {
    timeline: timeline.map(bucketView),
    people,
    events,
    next: more && last !== undefined ? encodeTimelineCursor(question, last.from) : null,
  };
}

/** A value a line, written as fast as it is taken. */
function lines(context: Context, values: readonly unknown[]): Response {
  const left = values.values();
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = left.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(`${writeJson(value)}\n`));
    },
  });
  return context.body(stream, 200, { "Content-Type": NDJSON });
}

function addPaths(api: Api, analyst: Analyst): void {
  api.add(
    {
      ...QUESTION,
      id: "askPaths",
      method: "post",
      path: "/v1/paths",
      summary: "What people do after a step, or did before it",
      description:
        "Each person walks once: from their first start on, or from their last start back. A transition leads from one step of a walk to the next, so that before a start `to` is what came earlier. Of those who come to a depth everybody goes on to the next or ends there: the walks of all transitions to a depth are those of all transitions away from it and of all ends at it.",
      body: pathsRequestSchema,
      example: { start: { type: "message", source: "chat" }, within: "7d", by: "source:type" },
      answer: pathsAnswerSchema,
    },
    async ({ context, body }) => {
      const faults = eventFilterFaults(body.start, ["start"]);
      if (faults.length > 0) return badRequest(context, faults);
      const { signal } = context.req.raw;
      const outcome = await analyst.ask({ kind: "paths", question: body }, signal);
      return told(context, outcome, (answer) => json(context, answer));
    },
  );
}

function addAttribution(api: Api, analyst: Analyst): void {
  api.add(
    {
      ...QUESTION,
      id: "askAttribution",
      method: "post",
      path: "/v1/attribution",
      summary: "Which sources, or types of events, came before people converted",
      description:
        "Touches are a person's events before a conversion, in the order of their journey and within the span, other than conversions; with `every`, one touch may belong to several conversions. The first touch gets the conversion, the last one does, or all of them get equal parts of it; by each of the three the sum is that of all conversions that are not unattributed.",
      body: attributionRequestSchema,
      example: { conversion: { type: "purchase" }, touch: "source", within: "30d" },
      answer: attributionAnswerSchema,
    },
    async ({ context, body }) => {
      const faults = eventFilterFaults(body.conversion, ["conversion"]);
      if (faults.length > 0) return badRequest(context, faults);
      const { signal } = context.req.raw;
      const outcome = await analyst.ask({ kind: "attribution", question: body }, signal);
      return told(context, outcome, (answer) => json(context, answer));
    },
  );
}
