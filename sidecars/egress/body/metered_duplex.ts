/** A connection that has left HTTP, with what is read from it counted. */

import type { ByteDuplex } from "./body.ts";

/** @param spend takes bytes of a budget; undefined: they are taken. What it rejects with ends the reading */
export function meteredDuplex(
  duplex: ByteDuplex,
  spend: (bytes: number) => Promise<void> | undefined,
): ByteDuplex {
  return {
    read: async () => {
      const bytes = await duplex.read();
      if (bytes !== undefined) await spend(bytes.length);
      return bytes;
    },
    write: (bytes) => duplex.write(bytes),
    end: () => duplex.end(),
    destroy: () => duplex.destroy(),
  };
}
