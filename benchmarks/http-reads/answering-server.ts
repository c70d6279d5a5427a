/**
 * The floor of reading: the same server library with one route that has every answer lying ready, as the service gave it.
 * The file with the answers by their addresses is its only argument.
 */
import { readFileSync } from "node:fs";
import { Hono } from "hono";
import { limitsSchema } from "../../schema/config.ts";
import { startServer } from "../../src/http/server.ts";
import type { Answers } from "./asking.ts";

const answers = new Map(JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Answers);
const app = new Hono();
const answer = (path: string) => answers.get(path) ?? "";
app.get("/v1/profiles/:ref", (context) =>
  context.body(answer(context.req.path), 200, { "Content-Type": "application/json" }),
);
app.get("/v1/profiles/:ref/journey", (context) =>
  context.body(answer(`${context.req.path}?limit=${context.req.query("limit")}`), 200, {
    "Content-Type": "application/json",
  }),
);

const server = await startServer(app, {
  host: "127.0.0.1",
  port: 0,
  limits: limitsSchema.parse({}),
});
process.stdout.write(`The answers lie ready; it listens on ${server.url}\n`);
process.once("SIGTERM", () => void server.stop());
