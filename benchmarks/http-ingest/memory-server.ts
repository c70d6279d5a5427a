/**
 * The service without its disk: the same edge and the same engine over the store that tests compare with. What lies
 * between the bare route and it is what reading and resolving cost, what lies between it and the service the database.
 */
import { parseConfig } from "../../src/config/config.ts";
import { createApp } from "../../src/http/app.ts";
import { startServer } from "../../src/http/server.ts";
import { openService } from "../../src/service.ts";
import { MemoryStore } from "../../src/store/memory.ts";
import { CONFIGURATION } from "./deliveries.ts";

const fail = (error: unknown) => {
  throw error;
};
const settings = parseConfig(CONFIGURATION, "benchmark.yaml", {});
const service = await openService({
  settings,
  store: new MemoryStore([1n, 2n]),
  onStoreError: fail,
});
const app = createApp({ service, settings, onError: fail });
const server = await startServer(app, {
  host: "127.0.0.1",
  port: 0,
  limits: settings.limits,
});
process.stdout.write(`The service without its disk listens on ${server.url}\n`);
process.once("SIGTERM", () => void server.stop().then(() => service.close()));
