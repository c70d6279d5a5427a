/** Keys to the query API as they are kept. The key itself is kept nowhere, only its hash. */
import type { Milliseconds } from "../identity/types.ts";

/** What a key lets its holder do; `admin` includes the others. */
export type Scope = "read" | "write" | "admin";

export interface NewKey {
  /** No two keys ever have the same, also where one was revoked. */
  readonly name: string;
  /** SHA-256 of the key, hexadecimal. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Milliseconds;
  /** The first moment at which it no longer holds; undefined where it always will. */
  readonly expiresAt: Milliseconds | undefined;
}

export interface KeyRecord extends NewKey {
  /** Undefined where it holds. */
  readonly revokedAt: Milliseconds | undefined;
}
