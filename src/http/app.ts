/** The HTTP surface: ingress, queries, health, and what every answer has in common. */
import { Hono } from "hono";
import type { Settings } from "../config/config.ts";
import type { Service } from "../service.ts";
import { adviceOn, rejectionOf } from "../store-faults.ts";
import { StoreError } from "../store/store.ts";
import { requireScope } from "./access.ts";
import { decisionRoutes } from "./decision-routes.ts";
import { deliveryRoutes } from "./delivery-routes.ts";
import { addErasures } from "./erasure-routes.ts";
import { ingressRoutes } from "./ingress.ts";
import { Api } from "./operation.ts";
import { problem } from "./problem.ts";
import { addStatistics, queryRoutes } from "./query-routes.ts";
import { rulesRoutes } from "./rules-routes.ts";

export interface AppOptions {
  readonly service: Pick<
    Service,
    "engine" | "queries" | "decisions" | "quarantine" | "erasures" | "rulebook"
  >;
  readonly settings: Settings;
  /** Told of what nobody expected; the client only learns that it happened. */
  readonly onError: (error: unknown) => void;
}

export function createApp({ service, settings, onError }: AppOptions): Hono {
  // People paste addresses with a slash at the end, and some senders give up for good on a 404.
  const app = new Hono({ strict: false });
  app.route("/", ingressRoutes(service.engine, settings));
  const api = new Api((scope) => requireScope(settings.apiKeys, scope));
  addStatistics(api, service.queries);
  addErasures(api, service.erasures, settings);
  app.route("/", api.app);
  app.route("/v1", decisionRoutes(service.decisions, settings));
  app.route("/v1", deliveryRoutes(service.quarantine, settings));
  app.use("/v1/*", requireScope(settings.apiKeys, "read"));
  app.route("/v1", queryRoutes(service.queries, settings));
  app.route("/v1", rulesRoutes(service.queries, service.rulebook, settings));
  app.get("/healthz", (context) => context.json({ status: "ok" }));
  app.get("/readyz", async (context) => {
    await service.engine.ready();
    return context.json({ status: "ready" });
  });
  app.notFound((context) =>
    problem(
      context,
      "not-found",
      "There is nothing at this address. Webhooks go to /webhooks/{source}, queries to /v1; a / within a reference is written %2F.",
    ),
  );
  app.onError((error, context) => {
    onError(error);
    return error instanceof StoreError
      ? problem(context, rejectionOf(error), adviceOn(error))
      : problem(context, "internal", "This is a fault of the service; its log says more.");
  });
  return app;
}
