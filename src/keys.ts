/**
 * Keys: who may query. A request is let in by a key of the configuration or by one that was made by command and is kept,
 * as its hash alone, in the database; the latter is looked up each time, so that what another process made or revoked
 * holds at once. Once any key was ever made nobody is let in without one, also when all of them have been revoked.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { AccessSettings, ConfiguredKey } from "./config/access.ts";
import type { Rate } from "./config/rate.ts";
import type { Milliseconds } from "./identity/types.ts";
import type { KeyRecord, Scope } from "./store/keys.ts";
import type { Store } from "./store/store.ts";
import { TokenBucket } from "./token-bucket.ts";

/** By which a key is known for what it is, to people and to those who search texts for secrets. */
const PREFIX = "ssk_";
/** As many bits as its hash has. */
const RANDOM_BYTES = 32;

export function newKey(): string {
  return `${PREFIX}${randomBytes(RANDOM_BYTES).toString("base64url")}`;
}

/** How a key is kept: 256 random bits are found by no list of words, so one round of SHA-256 does. */
export function hashOfKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}

/** Whether a key still opens anything. */
export function holds(
  { revokedAt, expiresAt }: Pick<KeyRecord, "revokedAt" | "expiresAt">,
  now: Milliseconds,
): boolean {
  return revokedAt === undefined && (expiresAt === undefined || now < expiresAt);
}

export type KeyAdmission =
  /** There never was a key. */
  | { readonly kind: "keyless" }
  | { readonly kind: "admitted"; readonly name: string }
  | { readonly kind: "missing" | "unknown" | "revoked" | "unscoped" }
  | { readonly kind: "expired"; readonly at: Milliseconds }
  | { readonly kind: "limited"; readonly retryAfterSeconds: number };

export interface KeysOptions {
  readonly settings: Pick<AccessSettings, "apiKeys" | "apiRate">;
  readonly store: Pick<Store, "hasKeys" | "keyByHash">;
  readonly clock: () => Milliseconds;
}

/** What one key opens. Several entries of the configuration may have the same key. */
interface Holding {
  readonly hash: string;
  readonly grants: readonly Pick<ConfiguredKey, "name" | "scopes">[];
  readonly rate: Rate | undefined;
}

type Found = Holding | KeyAdmission;

export class Keys {
  readonly #options: KeysOptions;
  readonly #configured: readonly (ConfiguredKey & { readonly digest: Buffer })[];
  /** One for each key that was ever used and has a rate. */
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: KeysOptions) {
    this.#options = options;
    this.#configured = options.settings.apiKeys.map((key) => ({
      ...key,
      digest: Buffer.from(hashOfKey(key.key), "hex"),
    }));
  }

  /** Whether a request with this key, or with none, may do what asks for the scope. Rejects with a StoreError. */
  async admit(key: string | undefined, scope: Scope): Promise<KeyAdmission> {
    const found = key === undefined ? await this.#withoutKey() : await this.#find(key);
    if ("kind" in found) return found;
    // Whoever asks for what it may not is counted too, or it could ask as often as it likes.
    const taken = this.#take(found);
    if (taken !== "taken") return { kind: "limited", ...taken };
    const granted = found.grants.find(
      ({ scopes }) => scopes.includes(scope) || scopes.includes("admin"),
    );
    return granted === undefined ? { kind: "unscoped" } : { kind: "admitted", name: granted.name };
  }

  async #withoutKey(): Promise<KeyAdmission> {
    const areAskedFor = this.#configured.length > 0 || (await this.#options.store.hasKeys());
    return { kind: areAskedFor ? "missing" : "keyless" };
  }

  async #find(key: string): Promise<Found> {
    const hash = hashOfKey(key);
    const digest = Buffer.from(hash, "hex");
    // Every key is compared, and in constant time, so that the time tells nothing of any of them.
    const grants = this.#configured.filter((known) => timingSafeEqual(known.digest, digest));
    if (grants.length > 0) return { hash, grants, rate: grants[0]!.rate };
    return this.#findMade(hash);
  }

  /** How long the look-up takes tells something of hashes, of which nobody finds a key. */
  async #findMade(hash: string): Promise<Found> {
    const { store, settings, clock } = this.#options;
    const record = await store.keyByHash(hash);
    if (record === undefined) {
      // Whoever sends a key where there are none need not take it away first.
      const { kind } = await this.#withoutKey();
      return { kind: kind === "keyless" ? "keyless" : "unknown" };
    }
    if (record.revokedAt !== undefined) return { kind: "revoked" };
    if (!holds(record, clock())) return { kind: "expired", at: record.expiresAt! };
    return { hash, grants: [record], rate: settings.apiRate };
  }

  #take({ hash, rate }: Holding): ReturnType<TokenBucket["take"]> {
    if (rate === undefined) return "taken";
    const bucket = this.#buckets.get(hash) ?? new TokenBucket(rate);
    this.#buckets.set(hash, bucket);
    return bucket.take(this.#options.clock());
  }
}
