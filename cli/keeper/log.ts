/** What a keeper has to say, for a person who looks for the reason of something: nobody sits at its terminal. */

import { join } from "node:path";
import type { Clock } from "../../lib/context.ts";

/** After so many bytes nothing more is written: an engine that is away for weeks fills no disk. */
const MAX_BYTES = 64 * 1024;

/** A log that takes lines. */
export interface KeeperLog extends Disposable {
  /** Never throws: a full disk must not end a keeper. */
  line(text: string): void;
}

/** Begins a log of its owner's only, `keeper.log` in the bottle's folder, over that of an earlier keeper. */
export async function openKeeperLog(folder: string, clock: Clock): Promise<KeeperLog> {
  const options = { create: true, write: true, truncate: true, mode: 0o600 };
  const file = await Deno.open(join(folder, "keeper.log"), options);
  let left = MAX_BYTES;
  return {
    line: (text) => {
      const bytes = new TextEncoder().encode(`${clock.now().toISOString()} ${text}\n`);
      left -= bytes.length;
      if (left < 0) return;
      try {
        file.writeSync(bytes);
      } catch {
        left = 0;
      }
    },
    [Symbol.dispose]: () => file.close(),
  };
}
