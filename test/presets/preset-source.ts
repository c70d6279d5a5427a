/** A preset as a source of a configuration that names nothing else, as an integrator would begin. */
import { parse } from "yaml";
import { sourceSchema } from "../../schema/source-config.ts";
import type { VerifyScheme } from "../../schema/verify-config.ts";
import { parseConfig, type Settings } from "../../src/config/config.ts";
import { presetText } from "../../src/config/presets.ts";
import type { Source } from "../../src/extract/source.ts";

/** Long enough, and base64 behind `whsec_`, so that it fits every scheme. */
export const SECRET = `whsec_${Buffer.from("known to the tests alone").toString("base64")}`;
export const PUBLIC_URL = "https://hooks.example.com";

/** Every way in which the preset's sender may prove itself; none where anybody may post. */
export function schemesOf(preset: string): readonly VerifyScheme[] {
  const { verify } = sourceSchema.parse(parse(presetText(preset)!));
  if (verify === undefined || verify === "none") return [];
  return Array.isArray(verify) ? verify : [verify];
}

function isMetas(preset: string): boolean {
  return (parse(presetText(preset)!) as { handshake?: string }).handshake === "meta";
}

/** A configuration of presets, each a source of its name, with keys of the sources' own beside them. */
export function configOf(presets: readonly string[], own: object = {}): string {
  const sources = presets.map((preset) => {
    const source = {
      preset,
      ...(schemesOf(preset).length > 0 && { secret: SECRET }),
      ...(isMetas(preset) && { handshakeToken: "chosen by us" }),
      ...own,
    };
    return [preset, source] as const;
  });
  return JSON.stringify({ publicUrl: PUBLIC_URL, sources: Object.fromEntries(sources) });
}

/** The settings of a service with one source, called like its preset. */
export function settingsWith(preset: string): Settings {
  return parseConfig(configOf([preset]), `${preset}.yaml`, {});
}

export function sourceOf(preset: string): Source {
  return settingsWith(preset).sources.get(preset)!;
}
