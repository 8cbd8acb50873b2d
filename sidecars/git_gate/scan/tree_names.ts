/** Names in a tree object. */

import { unscannable } from "./unscannable.ts";

const SPACE = 32;

/**
 * What stands in it: mode, space, name, NUL, an object's id in bytes; again and again.
 *
 * @param idBytes 20, or 32 where ids are SHA-256
 * @throws {BottleError} `scan-failed`: it breaks off
 */
export function treeNames(content: Uint8Array, idBytes: number): readonly Uint8Array[] {
  const names: Uint8Array[] = [];
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(SPACE, at);
    const nul = space === -1 ? -1 : content.indexOf(0, space);
    const end = nul + 1 + idBytes;
    if (nul === -1 || end > content.length) throw unscannable("a tree breaks off");
    names.push(content.subarray(space + 1, nul));
    at = end;
  }
  return names;
}
