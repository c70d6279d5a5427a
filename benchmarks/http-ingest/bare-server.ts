/**
 * The floor: the same server library with one route that parses the body and answers. It remembers nothing, so what
 * lies between it and the service is what receiving a delivery for good costs.
 */
import { Hono } from "hono";
import { limitsSchema } from "../../schema/config.ts";
import { startServer } from "../../src/http/server.ts";

const app = new Hono();
app.post("/webhooks/:source", async (context) => {
  const { event_id } = await context.req.json<{ readonly event_id: string }>();
  // As long as a receipt of the service.
  const event = `ev_${event_id.padStart(26, "0")}`;
  return context.json({
    delivery: `dl_${event_id.padStart(26, "0")}`,
    events: [{ event, outcome: "accepted" }],
  });
});

const server = await startServer(app, {
  host: "127.0.0.1",
  port: 0,
  limits: limitsSchema.parse({}),
});
process.stdout.write(`The bare route listens on ${server.url}\n`);
process.once("SIGTERM", () => void server.stop());
