/** Whether a connection may change its protocol: to WebSocket, and to nothing else. */

import { type BodyFraming, headerValues, listElements, type RequestHead } from "../message.ts";

/** RFC 6455, 4.1: 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Why the request may not change the protocol as it asks; undefined if it may. Whether its GET is allowed is not looked at.
 *
 * @param protocols of its `upgrade` fields, in lower case; not empty
 */
export function findUpgradeFault(
  { method, version, headers }: RequestHead,
  protocols: readonly string[],
  framing: BodyFraming,
): string | undefined {
  if (protocols.length !== 1 || protocols[0] !== "websocket") {
    return "An upgrade to another protocol than WebSocket";
  }
  if (version !== "1.1") return "An upgrade outside HTTP/1.1";
  if (!listElements(headerValues(headers, "connection")).includes("upgrade")) {
    return "An upgrade that Connection does not name";
  }
  if (method !== "GET" || framing.kind !== "none") return "A WebSocket begins with a GET alone";
  const [wanted, ...others] = headerValues(headers, "sec-websocket-version");
  if (wanted !== "13" || others.length > 0) return "A WebSocket of another version than 13";
  const [key = "", ...more] = headerValues(headers, "sec-websocket-key");
  return KEY.test(key) && more.length === 0 ? undefined : "A WebSocket without one proper key";
}
