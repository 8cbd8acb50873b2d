/** The name of an agent's image: the same inputs have the same name, so nothing is built twice. */

import { createHash } from "node:crypto";

/** Counts up when the program builds images in another way from the same inputs. */
export const IMAGE_FORMAT = 1;

/** What an image is made of. */
export interface ImageInputs {
  readonly provider: string;
  /** The Dockerfile's text. */
  readonly dockerfile: string;
  /** `--build-arg`s; their order doesn't count. */
  readonly args: Readonly<Record<string, string>>;
  /** PEM of the operator's CA, or null. */
  readonly extraCaPem: string | null;
}

/**
 * `bot-bottle-agent-<provider>:<first 12 hex digits of the SHA-256 of the inputs>`.
 *
 * @example
 * ```ts
 * import { imageTag } from "./image_tag.ts";
 * const inputs = { provider: "claude", dockerfile: "FROM debian", args: {}, extraCaPem: null };
 * if (!/^bot-bottle-agent-claude:[0-9a-f]{12}$/.test(imageTag(inputs))) throw new Error();
 * ```
 */
export function imageTag({ provider, dockerfile, args, extraCaPem }: ImageInputs): string {
  const sorted = Object.entries(args).sort(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify([IMAGE_FORMAT, dockerfile, sorted, extraCaPem]);
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return `bot-bottle-agent-${provider}:${hash}`;
}
