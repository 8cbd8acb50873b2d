/** Names of ready-made images. */

const HOST =
  /(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9-]{1,63}){0,20}(?::[0-9]{1,5})?/;
const PART = /[a-z0-9]{1,128}(?:(?:\.|_|__|-{1,8})[a-z0-9]{1,128}){0,32}/;
const REFERENCE = new RegExp(
  `^(?:${HOST.source}/)?${PART.source}(?:/${PART.source}){0,16}` +
    `(?::[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`,
);

/** Longer than any that a registry takes. */
const MAX_LENGTH = 400;

/** What a reference must be, after the name of what holds it. */
export const REFERENCE_RULE =
  "must be an image such as registry.example/team/image:tag or image@sha256:…";

/**
 * Whether a text names an image, by the grammar of the OCI distribution's references. One that doesn't could be taken
 * for an option by the engine's command.
 *
 * @example
 * ```ts
 * import { isImageReference } from "./reference.ts";
 * if (!isImageReference("registry.example:5000/team/tools:1.2")) throw new Error();
 * if (isImageReference("--privileged")) throw new Error();
 * ```
 */
export function isImageReference(text: string): boolean {
  return text.length <= MAX_LENGTH && REFERENCE.test(text);
}

/** Whether it names one content, and no other ever: not what a registry's tag means today. */
export function isPinned(reference: string): boolean {
  return reference.includes("@sha256:");
}
