/** What the package offers to programs: the service without its command line. The only barrel there is. */
export { ConfigError, formatFault, type ConfigFault } from "./config/config-text.ts";
export { loadConfig, parseConfig, type Settings } from "./config/config.ts";
export { digestOf, type Digest } from "./queries/digest.ts";
export type { Engine } from "./engine.ts";
export type { IncomingDelivery, Receipt, RejectionCode } from "./messages.ts";
export { createApp, type AppOptions } from "./http/app.ts";
export { startServer, type RunningServer, type ServerOptions } from "./http/server.ts";
export type { GraphView, Queries, StatsView } from "./queries/queries.ts";
export type { JourneyQuery, JourneyView, ProfileView } from "./queries/people.ts";
export type { EventReceipt, IdentifierReceipt } from "./receipt.ts";
export { openService, type Service, type ServiceOptions } from "./service.ts";
export type { Outcome } from "./store/deliveries.ts";
export { MemoryStore } from "./store/memory.ts";
export { SqliteStore } from "./store/sqlite/sqlite-store.ts";
export { StoreError, type Store, type StoreFault } from "./store/store.ts";
export { VERSION } from "./version.ts";
