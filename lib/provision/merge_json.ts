/** Lays settings over a JSON file that an agent program has written to since. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The file's text with `ours` laid over it, objects key by key, all else whole. Text that is no JSON object, for the
 * guest may have written anything, gives `ours` alone.
 *
 * @example
 * ```ts
 * import { mergeJsonText } from "./merge_json.ts";
 * const text = mergeJsonText(`{"theme":"light","n":1}`, `{"theme":"dark"}`);
 * if (JSON.stringify(JSON.parse(text)) !== `{"theme":"dark","n":1}`) throw new Error(text);
 * ```
 */
export function mergeJsonText(have: string, ours: string): string {
  const own: Json = JSON.parse(ours);
  const merged = merge(parseOrNull(have), own);
  return `${JSON.stringify(merged, null, 2)}\n`;
}

function parseOrNull(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function merge(have: Json, ours: Json): Json {
  if (!isObject(have) || !isObject(ours)) return ours;
  const laid = Object.entries(ours).map(([key, value]): [string, Json] => {
    const old = Object.hasOwn(have, key) ? have[key] : undefined;
    return [key, old === undefined ? value : merge(old, value)];
  });
  return Object.fromEntries([...Object.entries(have), ...laid]);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
