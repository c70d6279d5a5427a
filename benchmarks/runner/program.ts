/** Programs of this project as processes: compiled where the asker is compiled, read by tsx where it is not. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the project, or of its compiled copy. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

interface Program {
  readonly file: string;
  /** What Node needs to be told to run it. */
  readonly flags: readonly string[];
}

/** `path` is the program's from `ROOT`, without an extension. */
export function programAt(path: string): Program {
  const isCompiled = import.meta.url.endsWith(".js");
  return {
    file: join(ROOT, `${path}${isCompiled ? ".js" : ".ts"}`),
    flags: isCompiled ? [] : ["--import", "tsx"],
  };
}

/** The flags for a CPU profile, where a folder for it is given. */
export function profileFlags(folder: string | undefined): string[] {
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}
