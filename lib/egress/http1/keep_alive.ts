/** How long the other side keeps an idle connection (RFC 2068, 19.7.1.1: never standardised further, and sent by most servers). */

import { type HeaderList, headerValues, listElements } from "../message.ts";

/**
 * How long it says that it waits for another message, in milliseconds; 0: it takes no other. Undefined if it does not
 * say, or nothing that can be read.
 *
 * @example
 * ```ts
 * import { keepAliveMs } from "./keep_alive.ts";
 * if (keepAliveMs([["Keep-Alive", "timeout=5, max=100"]]) !== 5_000) throw new Error("not read");
 * ```
 */
export function keepAliveMs(headers: HeaderList): number | undefined {
  const elements = listElements(headerValues(headers, "keep-alive"));
  let seconds: number | undefined;
  for (const element of elements) {
    const [, name, digits] = /^(timeout|max) *= *([0-9]{1,6})$/.exec(element) ?? [];
    if (name === "timeout") seconds = Math.min(Number(digits), seconds ?? Infinity);
    if (name === "max" && Number(digits) === 0) return 0;
  }
  return seconds === undefined ? undefined : seconds * 1_000;
}
