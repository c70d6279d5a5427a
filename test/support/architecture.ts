/** Reads modules as the architecture tests need them: what they import and what of the world they touch. */
import { dirname, join } from "node:path";
import { parseSync, type ParseResult } from "oxc-parser";

export interface Module {
  /** From the root of the project, such as `src/engine.ts`. */
  readonly path: string;
  readonly text: string;
}

/** What a module imports or re-exports, type imports and dynamic ones included, as written. */
export function importsOf(module: Module): string[] {
  const { staticImports, staticExports, dynamicImports } = parsed(module).module;
  const exported = staticExports.flatMap(({ entries }) =>
    entries.map((entry) => entry.moduleRequest?.value),
  );
  const dynamic = dynamicImports.map(({ moduleRequest: { start, end } }) =>
    module.text.slice(start, end).replace(/^["']|["']$/g, ""),
  );
  const names = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...exported,
    ...dynamic,
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

function parsed({ path, text }: Module): ParseResult {
  const result = parseSync(path, text);
  if (result.errors.length > 0) throw new Error(`${path}: ${result.errors[0]!.message}`);
  return result;
}

function localImports(module: Module): string[] {
  return importsOf(module)
    .filter((target) => target.startsWith("."))
    .map((target) => join(dirname(module.path), target));
}

/** Every cycle that a walk in depth meets, as `a -> b -> a`. */
export function cycles(modules: readonly Module[]): string[] {
  const targets = new Map(modules.map((module) => [module.path, localImports(module)]));
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) {
      found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      return;
    }
    if (finished.has(path)) return;
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path]);
    finished.add(path);
  };
  for (const path of targets.keys()) visit(path, []);
  return found;
}

interface Room {
  /** Paths of the room begin with one of these. */
  readonly paths: readonly string[];
  /** What may be imported from the project, by the same kind of beginning; the room itself always may. */
  readonly project: readonly string[];
  /** Which packages may be imported; undefined for any. */
  readonly packages?: readonly string[];
}

/** The first room that a path belongs to is its room. */
const ROOMS: readonly Room[] = [
  { paths: ["src/identity/"], project: [], packages: [] },
  {
    paths: ["src/extract/"],
    project: ["src/identity/", "schema/config.ts", "schema/source-config.ts"],
    // domainToASCII and expanding are pure functions; the others read texts.
    packages: ["json-p3", "libphonenumber-js/max", "node:url", "node:zlib"],
  },
  {
    // Functions of bytes, secrets and the time they are given.
    paths: ["src/verify/"],
    project: ["src/extract/time.ts", "schema/verify-config.ts", "schema/source-config.ts"],
    packages: ["node:crypto"],
  },
  {
    paths: [
      "src/store/store.ts",
      "src/store/deliveries.ts",
      "src/store/histories.ts",
      "src/store/search.ts",
      "src/store/erasures.ts",
      "src/store/keys.ts",
      "src/store/memory.ts",
      "src/store/memory/",
    ],
    project: ["src/identity/", "src/store/store.ts"],
    packages: [],
  },
  {
    paths: ["src/questions/"],
    project: ["src/identity/", "src/extract/", "src/store/histories.ts", "schema/http/"],
    packages: [],
  },
  {
    paths: ["src/store/"],
    project: ["src/identity/", "src/store/", "schema/tables.ts"],
    packages: ["better-sqlite3", "drizzle-orm", "drizzle-orm/", "node:"],
  },
  {
    paths: [
      "src/engine.ts",
      "src/messages.ts",
      "src/admission.ts",
      "src/token-bucket.ts",
      "src/timed-ids.ts",
      "src/intake.ts",
      "src/secrets.ts",
      "src/settle-batch.ts",
      "src/take-again.ts",
      "src/quarantine.ts",
      "src/leavings.ts",
      "src/addressing.ts",
      "src/receipt.ts",
      "src/tallies.ts",
      "src/group-commit.ts",
      "src/under-way.ts",
      "src/turns.ts",
      "src/rulebook.ts",
      "src/decisions.ts",
      "src/store-faults.ts",
      "src/erasing.ts",
      "src/traces.ts",
      "src/restoring.ts",
      "src/tidying.ts",
      "src/keys.ts",
    ],
    project: [
      "src/identity/",
      "src/extract/",
      "src/verify/",
      "src/store/store.ts",
      "src/store/deliveries.ts",
      "src/store/erasures.ts",
      "src/store/keys.ts",
      "src/settling/settler.ts",
      "src/config/",
      "src/queries/",
    ],
    // While a large delivery is read others have their turn.
    packages: ["node:crypto", "node:timers/promises"],
  },
  {
    paths: ["src/queries/"],
    project: [
      "src/identity/",
      "src/extract/",
      "src/store/store.ts",
      "src/store/search.ts",
      "src/config/",
      "src/addressing.ts",
      "src/tallies.ts",
      "schema/http/",
    ],
    // A long search lets others have their turn; a cursor that comes back is read by a schema.
    packages: ["node:crypto", "node:timers/promises", "zod"],
  },
  {
    paths: ["src/config/"],
    project: [
      "src/identity/",
      "src/extract/",
      "src/verify/",
      "schema/config.ts",
      "schema/source-config.ts",
      "schema/verify-config.ts",
    ],
    packages: ["node:fs", "yaml", "zod", "fastest-levenshtein", "re2js"],
  },
  {
    paths: ["src/threads.ts"],
    project: ["src/store/store.ts"],
    packages: ["node:worker_threads"],
  },
  {
    // Settles batches, here or in a thread of their own with a store of its own.
    paths: ["src/settling/"],
    project: [
      "src/settle-batch.ts",
      "src/receipt.ts",
      "src/rulebook.ts",
      "src/turns.ts",
      "src/threads.ts",
      "src/config/",
      "src/identity/",
      "src/store/",
    ],
    packages: ["node:worker_threads", "node:events", "xxhash-wasm"],
  },
  {
    // Reads single people, here or in threads of their own, each with a store of its own.
    paths: ["src/reading/"],
    project: [
      "src/queries/",
      "src/threads.ts",
      "src/identity/",
      "src/store/store.ts",
      "src/store/sqlite/sqlite-store.ts",
    ],
    packages: ["node:worker_threads", "node:os", "xxhash-wasm"],
  },
  {
    // Asks questions in threads of their own, each with a store of its own.
    paths: ["src/analyst.ts", "src/analyst/"],
    project: [
      "src/questions/",
      "src/queries/",
      "src/store/",
      "src/identity/",
      "src/threads.ts",
      "schema/http/",
    ],
    packages: ["node:worker_threads", "node:timers/promises", "node:v8"],
  },
  {
    paths: ["src/service.ts"],
    project: ["src/"],
    packages: ["node:crypto", "xxhash-wasm"],
  },
  {
    paths: ["src/http/"],
    project: [
      "src/engine.ts",
      "src/messages.ts",
      "src/service.ts",
      "src/decisions.ts",
      "src/quarantine.ts",
      "src/rulebook.ts",
      "src/erasing.ts",
      "src/keys.ts",
      "src/analyst.ts",
      "src/reading/reader.ts",
      "src/store-faults.ts",
      "src/questions/",
      "src/queries/",
      "src/config/",
      "src/extract/",
      "src/identity/",
      "src/store/store.ts",
      "src/store/deliveries.ts",
      "src/store/erasures.ts",
      "src/store/keys.ts",
      "src/version.ts",
      "schema/config.ts",
      "schema/http/",
    ],
    packages: [
      "hono",
      "hono/",
      "@hono/",
      "zod",
      "node:crypto",
      "node:net",
      "node:http",
      "node:fs",
      "node:stream",
      "csv-stringify",
      "csv-stringify/",
    ],
  },
  { paths: ["src/cli/", "src/index.ts"], project: ["src/", "schema/"] },
  { paths: ["src/version.ts"], project: [], packages: [] },
  {
    paths: ["schema/"],
    project: ["schema/"],
    packages: ["zod", "drizzle-orm", "drizzle-orm/", "node:fs"],
  },
];

/** Whether a text is one of the names, or below one of the folders, which end in a slash or a colon. */
function begins(text: string, beginnings: readonly string[]): boolean {
  return beginnings.some((beginning) =>
    /[/:]$/.test(beginning) ? text.startsWith(beginning) : text === beginning,
  );
}

/** Imports that the room of their module does not allow, one line each. */
export function wrongDirections(modules: readonly Module[]): string[] {
  return modules.flatMap((module) => {
    const room = ROOMS.find(({ paths }) => begins(module.path, paths));
    if (room === undefined) return [`${module.path} is in no room`];
    const project = localImports(module)
      .filter((target) => !begins(target, [...room.project, ...room.paths]))
      .map((target) => `${module.path} -> ${target}`);
    const packages = importsOf(module)
      .filter((target) => !target.startsWith("."))
      .filter((target) => room.packages !== undefined && !begins(target, room.packages))
      .map((target) => `${module.path} -> ${target}`);
    return [...project, ...packages];
  });
}

/** Globals that are the world: the clock, chance, the outside. */
const WORLD = new Set([
  "performance",
  "process",
  "console",
  "fetch",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "queueMicrotask",
  "crypto",
  "globalThis",
  "require",
]);

interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === "object" && value !== null && "type" in value;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return (
    Object.entries(node)
      // The name behind a dot is no reference to a global, and neither is the key of a property.
      .filter(([key]) => !(node["computed"] === false && (key === "property" || key === "key")))
      .flatMap(([, value]) => (Array.isArray(value) ? value : [value]))
      .filter(isNode)
  );
}

function nameOf(value: unknown): unknown {
  return isNode(value) ? value["name"] : undefined;
}

/** What of the world one node touches; undefined for nothing. */
function touched(node: SyntaxNode): string | undefined {
  if (node.type === "Identifier" && WORLD.has(String(node["name"]))) return String(node["name"]);
  if (node.type === "MemberExpression") {
    const access = `${String(nameOf(node["object"]))}.${String(nameOf(node["property"]))}`;
    if (access === "Date.now" || access === "Math.random") return access;
  }
  const isDate = node.type === "NewExpression" && nameOf(node["callee"]) === "Date";
  return isDate && (node["arguments"] as unknown[]).length === 0 ? "new Date()" : undefined;
}

function touchedBelow(node: SyntaxNode): string[] {
  const here = touched(node);
  if (here !== undefined) return [here];
  return childrenOf(node).flatMap(touchedBelow);
}

/** State of a module: what one call leaves behind for the next. */
function moduleState(program: SyntaxNode): string[] {
  return (program["body"] as SyntaxNode[])
    .map((statement) => (isNode(statement["declaration"]) ? statement["declaration"] : statement))
    .filter(({ type, kind }) => type === "VariableDeclaration" && kind !== "const")
    .map(({ kind }) => `${String(kind)} at the top of the module`);
}

/** Pure rooms' modules that touch the clock, chance, the outside or keep state between calls, one line each. */
export function impurities(modules: readonly Module[]): string[] {
  return modules
    .filter(({ path }) =>
      begins(path, ["src/identity/", "src/extract/", "src/verify/", "src/questions/"]),
    )
    .flatMap((module) => {
      const program = parsed(module).program as unknown as SyntaxNode;
      return [...touchedBelow(program), ...moduleState(program)].map(
        (what) => `${module.path}: ${what}`,
      );
    });
}
