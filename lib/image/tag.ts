/** The name of an agent's image: the same inputs have the same name, so nothing is built twice. */

import { createHash } from "node:crypto";
import type { BuildContext, ContextEntry } from "./types.ts";

/** Counts up when the program builds images in another way from the same inputs. */
export const IMAGE_FORMAT = 2;

/** What an image is made of. */
export interface ImageInputs {
  readonly provider: string;
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  /** `--build-arg`s; their order doesn't count. */
  readonly args: Readonly<Record<string, string>>;
  /** PEM of the operator's CA, or null. */
  readonly extraCaPem: string | null;
  /** The Dockerfile's folder, in any order, or null. */
  readonly context: Pick<BuildContext, "entries"> | null;
}

/**
 * `bot-bottle-agent-<provider>:<first 12 hex digits of the SHA-256 of the inputs>`.
 *
 * @example
 * ```ts
 * import { imageTag } from "./tag.ts";
 * const inputs = { provider: "claude", dockerfile: "FROM debian", args: {}, extraCaPem: null, context: null };
 * if (!/^bot-bottle-agent-claude:[0-9a-f]{12}$/.test(imageTag(inputs))) throw new Error();
 * ```
 */
export function imageTag(inputs: ImageInputs): string {
  const { provider, dockerfile, args, extraCaPem, context } = inputs;
  const sorted = Object.entries(args).sort(([a], [b]) => a < b ? -1 : 1);
  const parts = context === null ? null : contextFacts(context.entries);
  const text = JSON.stringify([IMAGE_FORMAT, dockerfile, sorted, extraCaPem, parts]);
  return `bot-bottle-agent-${provider}:${sha256(text).slice(0, 12)}`;
}

/** SHA-256 of a context, hex: names, kinds, modes, contents and where links lead. */
export function contextDigest({ entries }: Pick<BuildContext, "entries">): string {
  return sha256(JSON.stringify(contextFacts(entries)));
}

function contextFacts(entries: readonly ContextEntry[]): readonly (readonly unknown[])[] {
  return entries.toSorted((a, b) => a.name < b.name ? -1 : 1).map((entry) => {
    switch (entry.kind) {
      case "file":
        return [entry.kind, entry.name, entry.mode, sha256(entry.content)];
      case "folder":
        return [entry.kind, entry.name, entry.mode];
      case "link":
        return [entry.kind, entry.name, entry.to];
      default:
        return entry satisfies never;
    }
  });
}

function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}
