/** Suggestions as YAML to paste into a configuration, each with what speaks for it as a comment. */
import type { SuggestedPath, Suggestion } from "../../extract/suggest.ts";
import { visible } from "./table.ts";

/** `events`: how many events the suggestions were made from. */
export function suggestionYaml(
  source: string,
  suggestions: readonly Suggestion[],
  events: number,
): string {
  const lines: string[] = ["sources:", `  ${source}:`];
  let isInIdentifiers = false;
  for (const suggestion of suggestions) {
    const [key, namespace] = suggestion.field.split(".");
    if (namespace !== undefined && !isInIdentifiers) lines.push("    identifiers:");
    isInIdentifiers = namespace !== undefined;
    const indent = namespace === undefined ? "    " : "      ";
    const evidence = suggestion.paths.map((path) => evidenceText(path, events)).join("; ");
    lines.push(`${indent}${namespace ?? key!}: ${pathsYaml(suggestion.paths)} # ${evidence}`);
    for (const other of suggestion.others)
      lines.push(`${indent}# or ${pathYaml(other.path)} # ${evidenceText(other, events)}`);
  }
  return lines.join("\n");
}

function pathsYaml(paths: readonly SuggestedPath[]): string {
  const written = paths.map(({ path }) => pathYaml(path));
  return written.length === 1 ? written[0]! : `[${written.join(", ")}]`;
}

/** Plain where nothing in it could mean anything to YAML, else in double quotes, as JSON, which YAML reads as well. */
function pathYaml(path: string): string {
  const isPlain =
    /^[A-Za-z_][\w.-]*$/.test(path) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(path);
  if (isPlain) return path;
  return JSON.stringify(path).replace(
    /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu,
    (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`,
  );
}

const EXAMPLE_CHARACTERS_MAX = 40;

function evidenceText({ example, events: found, distinct }: SuggestedPath, events: number): string {
  const text = visible(JSON.stringify(example));
  const short =
    text.length <= EXAMPLE_CHARACTERS_MAX ? text : `${text.slice(0, EXAMPLE_CHARACTERS_MAX)}…`;
  if (events === 1) return short;
  const spread =
    found === 1 ? "" : distinct === 1 ? ", always the same" : `, ${distinct} different`;
  return `${short}, in ${found} of ${events} events${spread}`;
}
