/** Who may query by the configuration: keys with their rates, and web pages of other origins. */
import type { Config } from "../../schema/config.ts";
import { asSent } from "./door.ts";
import { compileRate, type Rate } from "./rate.ts";

export interface ConfiguredKey {
  readonly name: string;
  readonly key: string;
  readonly scopes: readonly Config["apiKeys"][number]["scopes"][number][];
  /** Undefined where it may ask as often as it likes. */
  readonly rate: Rate | undefined;
}

export interface AccessSettings {
  readonly apiKeys: readonly ConfiguredKey[];
  /** Of every key that was made by command. */
  readonly apiRate: Rate | undefined;
  /** Undefined where no page of another origin may query. */
  readonly corsOrigins: readonly string[] | undefined;
}

export function compileAccess({ apiKeys, apiRateLimit, cors }: Config): AccessSettings {
  const apiRate = apiRateLimit === undefined ? undefined : compileRate(apiRateLimit);
  return {
    apiKeys: apiKeys.map(({ rateLimit, ...key }) => ({
      ...key,
      rate: rateLimit === undefined ? apiRate : compileRate(rateLimit),
    })),
    apiRate,
    corsOrigins: cors?.origins.map(asSent),
  };
}
