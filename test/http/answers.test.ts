/** What is remembered of good parameters is that of their own text alone. */
import { Hono } from "hono";
import { expect, test } from "vitest";
import { z } from "zod";
import { limitSchema, parameterReader } from "../../src/http/answers.ts";

test("parameters are told alike however often they come, and those that are wrong are refused each time", async () => {
  const read = parameterReader(z.strictObject({ limit: limitSchema(10) }));
  const app = new Hono();
  app.get("/", (context) => {
    const parameters = read(context);
    return "answer" in parameters ? parameters.answer : context.json(parameters.value);
  });
  const asked = async (query: string) => {
    const answer = await app.request(`http://127.0.0.1/${query}`);
    return [answer.status, ((await answer.json()) as { limit?: number }).limit];
  };
  for (let time = 0; time < 2; time++) {
    expect(await asked("?limit=7")).toEqual([200, 7]);
    expect(await asked("")).toEqual([200, 10]);
    expect(await asked("?limit=11")).toEqual([400, undefined]);
    for (let limit = 1; limit <= 100; limit++)
      expect(await asked(`?limit=5&limit=${limit}`)).toEqual([200, 5]);
  }
});
