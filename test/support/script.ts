/**
 * Scripts: small events over small pools of identifiers, so that random ones meet often, and the configuration under
 * which an engine reads them. One source is verified, one only claimed; `noreply@x` is blocked by default.
 */
import fc from "fast-check";

export interface ScriptEvent {
  readonly source: "crm" | "shop" | "form";
  /** The sender's own event id. */
  readonly id: string;
  /** Unix seconds. */
  readonly t: number;
  readonly ids: Readonly<Record<string, string | number | null>>;
  readonly traits?: Readonly<Record<string, unknown>>;
}

const source = (trust: string) => `
    eventId: id
    occurredAt: t
    trust: ${trust}
    respond: full
    identifiers: { chat: ids.chat, email: ids.email, user_id: ids.user_id, device: ids.device }
    traits: { name: traits.name, age: traits.age, city: traits.city }`;

/** `form` is a claimed source, and links through e-mail need a verified one. */
export const SCRIPT_CONFIG = `
sources:
  crm:${source("verified")}
  shop:${source("verified")}
  form:${source("claimed")}
identity:
  namespaces:
    email: { block: ["noreply@*"], trust: verified }
`;

const pool = (prefix: string, suffix = "") =>
  fc.integer({ min: 0, max: 5 }).map((number) => `${prefix}${number}${suffix}`);

const event = fc.record({
  source: fc.constantFrom("crm" as const, "shop" as const, "form" as const),
  t: fc.integer({ min: 0, max: 12 }),
  ids: fc.record(
    {
      chat: pool("U"),
      email: fc.oneof({ weight: 5, arbitrary: pool("a", "@x") }, fc.constant("noreply@x")),
      user_id: fc.oneof({ weight: 5, arbitrary: pool("u") }, fc.constantFrom("null", "", 0)),
      device: pool("d"),
    },
    { requiredKeys: [] },
  ),
  traits: fc.record(
    {
      name: fc.constantFrom("Ann", "Bo", "Cy"),
      age: fc.integer({ min: 30, max: 33 }),
      city: fc.constantFrom("", null, "Rome"),
    },
    { requiredKeys: [] },
  ),
});

/** Events with distinct ids. */
export function scriptOf(maxLength: number): fc.Arbitrary<readonly ScriptEvent[]> {
  return fc
    .array(event, { maxLength })
    .map((events) => events.map((fields, index) => ({ id: `e${index}`, ...fields })));
}
