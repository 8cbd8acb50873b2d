/** What `policy lint` found, for people and for programs. */

import { escapeControl } from "../../lib/egress/escape.ts";
import { formatPlace } from "../../lib/manifest/problem.ts";
import type { Finding } from "../../lib/policy/finding.ts";
import { styleOf } from "./style.ts";

/** Three lines a finding: what, what to do, and where it is published. */
export function findingLines(
  findings: readonly Finding[],
  out: { readonly useColor: boolean },
): readonly string[] {
  if (findings.length === 0) return ["Nothing found"];
  const style = styleOf(out);
  const tones = { danger: style.red, warning: style.yellow, note: style.dim } as const;
  return findings.flatMap(({ severity, code, message, remedy, place, source }) => [
    `${tones[severity](severity)}  ${escapeControl(formatPlace(linePlace(place)))}  ${code}`,
    `  ${escapeControl(message)}`,
    `  ${escapeControl(remedy)}${source === undefined ? "" : ` (${source})`}`,
  ]);
}

/** Stable. */
export function findingJson(finding: Finding): unknown {
  const { place, source, ...rest } = finding;
  return { ...rest, file: place.file, line: place.line ?? null, source: source ?? null };
}

function linePlace({ file, line }: Finding["place"]): Finding["place"] {
  return line === undefined ? { file } : { file, line };
}
