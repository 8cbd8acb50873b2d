/** Paths for the audit, without credentials. */

import { escapeControl } from "../escape.ts";

/** What stands for a credential. */
export const REDACTED = "[redacted]";

/** The audit keeps so much of a path. */
export const MAX_PATH = 2_048;

/** A shorter value would be found in ordinary text. */
const MIN_SECRET = 8;

/** Last words of query keys whose values are credentials or signatures; the long ones also at the end of a word. */
const SECRET_WORD =
  /^(?:key|apikey|auth|sig|session|code|jwt)s?$|(?:token|secret|password|passwd|pwd|signature|credential)s?$/i;

/**
 * Makes a redactor for known values: each is found plain, percent-encoded, and in base64 (both alphabets, without
 * padding). Values under 8 characters are left: they would be found everywhere.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redact.ts";
 * const redact = createRedactor(["sk-live-12345678"]);
 * if (redact("x=sk-live-12345678") !== "x=[redacted]") throw new Error("it shows");
 * ```
 */
export function createRedactor(secrets: Iterable<string>): (text: string) => string {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET) continue;
    for (const form of spell(secret)) forms.add(form);
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((rest, form) => rest.replaceAll(form, REDACTED), text);
}

/**
 * A path and query as the audit keeps them: values of credentials and of keys that name one replaced, control
 * characters escaped, at most {@linkcode MAX_PATH} characters.
 * @param redact from {@linkcode createRedactor}
 */
export function redactPath(target: string, redact: (text: string) => string): string {
  const mark = target.indexOf("?");
  const known = mark < 0
    ? redact(target)
    : `${redact(target.slice(0, mark))}?${redactQuery(redact(target.slice(mark + 1)))}`;
  const shown = escapeControl(known);
  return shown.length > MAX_PATH ? `${shown.slice(0, MAX_PATH - 1)}…` : shown;
}

function redactQuery(query: string): string {
  return query.replace(/[^&;]+/g, (part) => {
    const [key = "", ...value] = part.split("=");
    return value.length > 0 && SECRET_WORD.test(lastWord(decode(key)))
      ? `${key}=${REDACTED}`
      : part;
  });
}

/** `api_key`, `apiKey`, `user[api-key]`: key. */
function lastWord(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").split(/[^A-Za-z0-9]+/);
  return words.filter((word) => word !== "").at(-1) ?? "";
}

function spell(secret: string): readonly string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret))).replace(/=+$/, "");
  return [
    secret,
    encodeURIComponent(secret),
    base64,
    encodeURIComponent(base64),
    base64.replaceAll("+", "-").replaceAll("/", "_"),
  ];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
