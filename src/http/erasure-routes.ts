/** Erasing a person, and the receipts of it. */
import { z } from "zod";
import { cursorSchema } from "../../schema/http/common.ts";
import { erasureReceiptSchema, erasuresSchema } from "../../schema/http/erasure.ts";
import type { Settings } from "../config/config.ts";
import type { ErasureReceipt, Erasures } from "../erasing.ts";
import { formatTime } from "../extract/time.ts";
import { keyNameOf } from "./access.ts";
import { flagSchema, json, limitSchema, nobody } from "./answers.ts";
import type { Api } from "./operation.ts";

export function addErasures(api: Api, erasures: Erasures, settings: Settings): void {
  api.add(
    {
      id: "eraseProfile",
      method: "delete",
      path: "/v1/profiles/{ref}",
      tag: "people",
      scope: "admin",
      summary: "Erase a person, for good",
      description:
        "Removes the person's identifiers, events, traits, links and decisions, the events of others that name them, and what lies unmapped in which they stand. It cannot be taken back. With `suppress` new events that name one of the identifiers are dropped; without, a new event makes a new profile.",
      query: z.strictObject({
        suppress: flagSchema().meta({
          description: "Whether the person's identifiers are refused from then on.",
        }),
        dryRun: flagSchema().meta({ description: "Whether it is only told what would go." }),
      }),
      answer: erasureReceiptSchema,
      problems: ["not-found"],
    },
    async ({ context, query, parameter }) => {
      const request = { ...query, person: parameter("ref"), by: keyNameOf(context) };
      const receipt = await erasures.erase(request);
      return receipt === undefined ? nobody(context) : json(context, receiptView(receipt));
    },
  );
  api.add(
    {
      id: "listErasures",
      method: "get",
      path: "/v1/erasures",
      tag: "operation",
      scope: "admin",
      summary: "Who was erased, by ids and counts alone, the last first",
      query: z.strictObject({
        limit: limitSchema(settings.limits.pageSizeMax),
        cursor: cursorSchema.optional(),
      }),
      answer: erasuresSchema,
    },
    async ({ context, query: { limit, cursor } }) => {
      const page = await erasures.list({ limit, after: cursor });
      return json(context, { erasures: page.erasures.map(receiptView), next: page.next });
    },
  );
}

function receiptView({ profiles, at, by, ...receipt }: ErasureReceipt) {
  const [profile, ...formerIds] = profiles;
  const { erasure, ...rest } = receipt;
  return { erasure, at: formatTime(at), by: by ?? null, profile, formerIds, ...rest };
}
