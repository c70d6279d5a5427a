/** One line's worth of what an event says, from its payload: what a person would want to read in a journey. */
import type { JourneyEvent } from "./client.ts";

export function detailOf({ source, type, payload }: JourneyEvent): string {
  const at = (...path: readonly string[]) => textAt(payload, path);
  switch (source) {
    case "slack":
      if (type === "user_change" || type === "team_join")
        return `e-mail ${at("event", "user", "profile", "email")}`;
      return type === "reaction_added"
        ? `:${at("event", "reaction")}:`
        : quoted(at("event", "text"));
    case "form":
      return `${at("email")} / ${at("phone")}`;
    case "stripe":
      if (type === "customer.updated") return `e-mail ${at("data", "object", "email")}`;
      return euros(
        at("data", "object", "amount_total") ||
          at("data", "object", "amount_paid") ||
          at("data", "object", "amount"),
      );
    case "shopify":
      return `order ${at("name")}, ${at("total_price")} EUR`;
    default:
      return quoted(at("head_commit", "message") || at("issue", "title"));
  }
}

/** Empty where nothing stands. */
function textAt(payload: unknown, path: readonly string[]): string {
  let value = payload;
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function quoted(text: string): string {
  return text === "" ? "" : `"${text}"`;
}

function euros(cents: string): string {
  return `${(Number(cents) / 100).toFixed(2)} EUR`;
}
