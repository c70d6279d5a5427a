/**
 * The shapes of answers are declared twice: as types, by whoever makes an answer, and as schemas, which are published. The
 * type checker holds the two equal here; what the edge writes itself is held to the schema in every test that asks for it.
 */
import { expectTypeOf, test } from "vitest";
import type { z } from "zod";
import type { changesSchema } from "../../../schema/http/change.ts";
import type {
  decisionEffectSchema,
  decisionRequestSchema,
  decisionSchema,
} from "../../../schema/http/decision.ts";
import type { explanationSchema } from "../../../schema/http/explanation.ts";
import type { edgeSchema, graphSchema, linkSchema } from "../../../schema/http/link.ts";
import type { profileSchema } from "../../../schema/http/profile.ts";
import type { receiptSchema } from "../../../schema/http/receipt.ts";
import type { rulesSchema, whatIfEffectSchema } from "../../../schema/http/rules.ts";
import type { statisticsSchema } from "../../../schema/http/statistics.ts";
import type { DecisionEffect, DecisionRequest } from "../../../src/decisions.ts";
import type { ChangeView } from "../../../src/queries/change-view.ts";
import type { DecisionView } from "../../../src/queries/decision-view.ts";
import type { DifferenceView } from "../../../src/queries/difference-view.ts";
import type { Explanation } from "../../../src/queries/explain.ts";
import type { EdgeView, LinkView } from "../../../src/queries/link-view.ts";
import type { GraphView, RulesView, StatsView } from "../../../src/queries/queries.ts";
import type { ProfileView } from "../../../src/queries/people.ts";
import type { EventReceipt } from "../../../src/receipt.ts";

/** Whether a member may be written, and whether a missing one may be written as undefined, is nothing to an answer. */
type Written<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Written<Exclude<Value[Key], Missing<Value, Key>>> }
  : Value;
type Missing<Value, Key extends keyof Value> =
  Partial<Pick<Value, Key>> extends Pick<Value, Key> ? undefined : never;

type Answered<Schema extends z.ZodType> = Written<z.output<Schema>>;

test("views are what their schemas say", () => {
  expectTypeOf<Written<LinkView>>().toEqualTypeOf<Answered<typeof linkSchema>>();
  expectTypeOf<Written<EdgeView>>().toEqualTypeOf<Answered<typeof edgeSchema>>();
  expectTypeOf<Written<GraphView>>().toEqualTypeOf<Answered<typeof graphSchema>>();
  expectTypeOf<Written<DecisionView>>().toEqualTypeOf<Answered<typeof decisionSchema>>();
  expectTypeOf<Written<DecisionEffect>>().toEqualTypeOf<Answered<typeof decisionEffectSchema>>();
  expectTypeOf<Written<Explanation>>().toEqualTypeOf<Answered<typeof explanationSchema>>();
  expectTypeOf<Written<ChangeView>>().toEqualTypeOf<
    Answered<typeof changesSchema>["changes"][number]
  >();
  expectTypeOf<Written<EventReceipt>>().toEqualTypeOf<
    Answered<typeof receiptSchema>["events"][number]
  >();
  expectTypeOf<Written<StatsView>>().toExtend<Answered<typeof statisticsSchema>>();
  expectTypeOf<Written<DifferenceView>>().toEqualTypeOf<
    Omit<Answered<typeof whatIfEffectSchema>, "warnings">
  >();
  expectTypeOf<keyof RulesView>().toEqualTypeOf<keyof Answered<typeof rulesSchema>>();
});

test("a profile is what its schema says, but for its traits, which the edge writes by name", () => {
  expectTypeOf<Written<Omit<ProfileView, "traits">>>().toEqualTypeOf<
    Omit<Answered<typeof profileSchema>, "traits">
  >();
});

test("a decision that is asked for is what is decided on", () => {
  expectTypeOf<keyof z.output<typeof decisionRequestSchema>>().toEqualTypeOf<
    keyof DecisionRequest
  >();
});

test("the canary: a member too many is told", () => {
  type More = Written<GraphView & { readonly less: boolean }>;
  type Told = Answered<typeof graphSchema>;
  // @ts-expect-error -- The one has a member that the other has not.
  expectTypeOf<More>().toEqualTypeOf<Told>();
});
