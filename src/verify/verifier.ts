/**
 * Verification: whether a delivery comes from who knows the source's secret. Everything here is a function of the raw
 * bytes, the secrets and the time it is given; texts are compared in constant time, and no reason ever holds a secret
 * or a signature.
 */

/** A request as its sender signed it. */
export interface SignedRequest {
  /** In capitals. */
  readonly method: string;
  /** The whole address as the sender wrote it, made of the configured public URL; undefined where none is configured. */
  readonly url: string | undefined;
  readonly contentType: string | undefined;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly query: URLSearchParams;
  /** What stood in the path behind the source; undefined for nothing. */
  readonly pathToken: string | undefined;
  /** The bytes as they came over the wire, before any expansion. */
  readonly body: Uint8Array;
}

/** The reason is for the operator's log alone: a sender that cannot prove itself is told nothing. */
export type Verdict =
  | { readonly verified: true }
  | { readonly verified: false; readonly reason: string };

export interface Verifier {
  /** `now` in milliseconds since 1970. Never throws, whatever the request holds. */
  verify(request: SignedRequest, now: number): Verdict;
}

/** What is wrong with a source's verification, and the key within `verify` or beside it that is at fault. */
export interface VerifierFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
