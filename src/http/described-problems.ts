/** How the description tells problems: those of one status together, each under its code. */
import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import { problemSchema } from "../../schema/http/problem.ts";
import { describeProblem, type ProblemCode } from "./problem.ts";

const RETRY_AFTER = z.object({
  "Retry-After": z
    .string()
    .meta({ description: "After how many seconds to try again." })
    .optional(),
});

/** The answers of an operation that may fail so, by status. */
export function problemAnswers(codes: readonly ProblemCode[]): RouteConfig["responses"] {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const { status } = describeProblem(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, problemAnswer(same)]));
}

function problemAnswer(codes: readonly ProblemCode[]): RouteConfig["responses"][string] {
  const problems = codes.map((code) => ({ code, ...describeProblem(code) }));
  const titles = [...new Set(problems.map(({ title }) => title))];
  const examples = problems.map(({ code, type, title, status }) => {
    const detail = "What is wrong this time, and what to do about it.";
    return [code, { summary: title, value: { type, title, status, detail } }] as const;
  });
  return {
    description: `${titles.join("; ")}.`,
    ...(problems.some(({ isWorthRetrying }) => isWorthRetrying) ? { headers: RETRY_AFTER } : {}),
    content: {
      "application/problem+json": {
        schema: problemSchema,
        examples: Object.fromEntries(examples),
      },
    },
  };
}
