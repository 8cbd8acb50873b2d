/** A part of a crowd, seen from the soak. */

import { fileURLToPath } from "node:url";
import { stopProcess } from "../../../../lib/process/stop.ts";
import type { CrowdOrder, CrowdTally } from "./order.ts";

const PART = fileURLToPath(new URL("./part.ts", import.meta.url));

/** A running one; its connections go with it. */
export interface CrowdPart extends AsyncDisposable {
  /** How its connections stood a moment ago. */
  readonly tally: CrowdTally;
}

/** Starts it. */
export async function startPart(order: CrowdOrder): Promise<CrowdPart> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", PART],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  let tally: CrowdTally = { open: 0, refused: 0, ended: 0, failed: 0 };
  const reading = (async (): Promise<void> => {
    let text = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (text + piece).split("\n");
      text = lines.pop() ?? "";
      const last = lines.at(-1);
      if (last !== undefined) tally = Object(JSON.parse(last));
    }
  })();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(order)));
  await writer.close();
  return {
    get tally(): CrowdTally {
      return tally;
    },
    [Symbol.asyncDispose]: async () => {
      await stopProcess(child, 0);
      await reading;
    },
  };
}
