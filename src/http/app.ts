/** The HTTP surface: ingress, queries, health, and what every answer has in common. */
import { Hono } from "hono";
import type { Settings } from "../config/config.ts";
import type { Service } from "../service.ts";
import { adviceOn, rejectionOf } from "../store-faults.ts";
import { StoreError } from "../store/store.ts";
import { Access } from "./access.ts";
import { addDecisions } from "./decision-routes.ts";
import { addDeliveries } from "./delivery-routes.ts";
import { addErasures } from "./erasure-routes.ts";
import { documentationRoutes } from "./documentation.ts";
import { ingressRoutes } from "./ingress.ts";
import { Api } from "./operation.ts";
import { problem } from "./problem.ts";
import { addQueries, addStatistics } from "./query-routes.ts";
import { addQuestions } from "./question-routes.ts";
import { addRules } from "./rules-routes.ts";
import { addSearch } from "./search-routes.ts";

export interface AppOptions {
  readonly service: Omit<Service, "applied" | "close">;
  readonly settings: Settings;
  /** Told of what nobody expected; the client only learns that it happened. */
  readonly onError: (error: unknown) => void;
}

export function createApp({ service, settings, onError }: AppOptions): Hono {
  // People paste addresses with a slash at the end, and some senders give up for good on a 404.
  const app = new Hono({ strict: false });
  app.route("/", ingressRoutes(service.engine, settings));
  const access = new Access(service.keys, settings);
  for (const path of ["/v1/*", "/openapi.json"]) app.use(path, access.openToPages());
  const api = new Api((scope) => access.requireScope(scope));
  addQueries(api, service, settings, onError);
  addDecisions(api, service.decisions, settings);
  addRules(api, service.queries, service.rulebook, settings);
  addDeliveries(api, service.quarantine, settings);
  addStatistics(api, service.queries);
  addErasures(api, service.erasures, settings);
  addSearch(api, service, settings.limits.pageSizeMax);
  addQuestions(api, service.analyst, settings.limits.pageSizeMax);
  app.route("/", api.routes());
  app.route("/", documentationRoutes(api.operations));
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
