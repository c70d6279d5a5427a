/** The baseline: what the ratios were when somebody last looked and was content. A file in the repository, so that a change to it is read by people. */
import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Gate } from "./gates.ts";

/** Rises when the form of the file changes, or what its figures mean. */
const FORMAT = 1;

const ratio = z.number().positive();
const entrySchema = z.strictObject({
  benchmark: z.string(),
  workload: z.string(),
  contender: z.string(),
  /** What the ratio is to. */
  reference: z.string(),
  figure: z.string(),
  better: z.enum(["higher", "lower"]),
  rounds: z.int().positive(),
  median: ratio,
  min: ratio,
  max: ratio,
});

const baselineSchema = z.strictObject({
  format: z.literal(FORMAT),
  recordedAt: z.string(),
  /** The check draws its workloads from the same seed, in the same size. */
  seed: z.int(),
  size: z.enum(["full", "quick", "tiny"]),
  machine: z.strictObject({
    cpu: z.string(),
    cores: z.int(),
    system: z.string(),
    node: z.string(),
  }),
  commit: z.strictObject({ hash: z.string(), dirty: z.boolean() }).nullable(),
  entries: z.array(entrySchema),
});

export type BaselineEntry = Readonly<z.infer<typeof entrySchema>>;
export type Baseline = Readonly<z.infer<typeof baselineSchema>>;

/** What a gate and the entry for it have in common, as one text. */
export function placeOf({
  benchmark,
  workload,
  contender,
  figure,
}: Omit<Gate, "tolerance">): string {
  return JSON.stringify([benchmark, workload, contender, figure]);
}

export function writeBaseline(file: string, baseline: Omit<Baseline, "format">): void {
  writeFileSync(file, `${JSON.stringify({ format: FORMAT, ...baseline }, null, 2)}\n`);
}

/** Throws an error that says what is wrong with the file and what to do. */
export function readBaseline(file: string): Baseline {
  const content = parsed(file);
  const format = (content as { readonly format?: unknown } | null)?.format;
  if (format !== FORMAT)
    throw new Error(
      `${file} is of format ${JSON.stringify(format)}, and this check reads ${FORMAT}. ${REWRITE}`,
    );
  const checked = baselineSchema.safeParse(content);
  if (!checked.success)
    throw new Error(`${file} is no baseline:\n${z.prettifyError(checked.error)}\n${REWRITE}`);
  return checked.data;
}

const REWRITE = "`npm run bench:check -- --update` measures anew and writes it.";

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(`there is no baseline to compare with at ${file}. ${REWRITE}`, {
      cause: error,
    });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}. ${REWRITE}`, {
      cause: error,
    });
  }
}
