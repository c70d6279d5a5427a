/**
 * Admission: what stands before the extraction. It knows who may post and how often, and answers handshakes; of what a
 * delivery says it knows nothing. Every refusal of a sender that cannot prove itself reads the same to the sender.
 */
import type { Door } from "./config/door.ts";
import type { Milliseconds } from "./identity/types.ts";
import { TokenBucket } from "./token-bucket.ts";
import { answerOther, answerPost, methodsOf, type Greeting } from "./verify/handshakes.ts";
import type { SignedRequest } from "./verify/verifier.ts";

export type Admission =
  /** `isVerified`: the sender has proved who it is. */
  | { readonly kind: "admitted"; readonly isVerified: boolean }
  | { readonly kind: "greeting"; readonly greeting: Greeting }
  | {
      readonly kind: "refused";
      readonly code: "unverified" | "rate-limited";
      readonly detail: string;
      readonly retryAfterSeconds?: number;
    };

export interface AdmissionOptions {
  readonly doors: ReadonlyMap<string, Door>;
  readonly clock: () => Milliseconds;
  /** Told why a sender was not believed; the sender is not. */
  readonly onUnverified: (source: string, reason: string) => void;
}

const UNVERIFIED = {
  kind: "refused",
  code: "unverified",
  detail:
    "The delivery could not be verified: its signature, token or time is missing or wrong. The service's log says which.",
} as const;

export class Admissions {
  readonly #options: AdmissionOptions;
  readonly #buckets: ReadonlyMap<string, TokenBucket>;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#buckets = new Map(
      [...options.doors].flatMap(([name, { rateLimit }]) =>
        rateLimit === undefined ? [] : [[name, new TokenBucket(rateLimit)] as const],
      ),
    );
  }

  /**
   * Whether a delivery may go on. Only a sender that is believed uses up what its source may send; whoever cannot sign
   * must not be able to keep out who can.
   */
  admit(source: string, request: SignedRequest): Admission {
    const { clock } = this.#options;
    const door = this.#doorOf(source);
    if (!this.#isBelieved(source, door, request)) return UNVERIFIED;
    const greeting =
      door.handshake === undefined ? undefined : answerPost(door.handshake, request, clock());
    if (greeting !== undefined) return { kind: "greeting", greeting };
    const taken = this.#buckets.get(source)?.take(clock()) ?? "taken";
    if (taken === "taken") return { kind: "admitted", isVerified: door.verifier !== undefined };
    return {
      kind: "refused",
      code: "rate-limited",
      detail: "The source sends more than its rateLimit allows.",
      ...taken,
    };
  }

  /** The methods besides POST by which the sender asks something. */
  methods(source: string): readonly string[] {
    const { handshake } = this.#doorOf(source);
    return handshake === undefined ? [] : methodsOf(handshake.kind);
  }

  /** What a request by one of these methods is answered. */
  greet(source: string, request: SignedRequest): Exclude<Admission, { kind: "admitted" }> {
    const door = this.#doorOf(source);
    const { handshake } = door;
    // Of those who ask like this only Mailchimp proves itself as with a delivery, by a token in the address.
    const isBelieved = handshake?.kind !== "mailchimp" || this.#isBelieved(source, door, request);
    const greeting =
      handshake === undefined || !isBelieved ? undefined : answerOther(handshake, request);
    if (greeting !== undefined) return { kind: "greeting", greeting };
    if (isBelieved) this.#options.onUnverified(source, `the ${request.method} is no handshake`);
    return UNVERIFIED;
  }

  #isBelieved(source: string, { verifier }: Door, request: SignedRequest): boolean {
    const verdict = verifier?.verify(request, this.#options.clock()) ?? { verified: true };
    if (!verdict.verified) this.#options.onUnverified(source, verdict.reason);
    return verdict.verified;
  }

  #doorOf(source: string): Door {
    return this.#options.doors.get(source)!;
  }
}
