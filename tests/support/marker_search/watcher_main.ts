/** The watcher: a program in a container that shares the host's processes and may look into them. */

import type { Hit } from "./byte_scanner.ts";
import { type Needle, needleFromText } from "./needle.ts";
import { scanArgvs, scanProcess } from "./processes.ts";
import type { ProcessHits, WatchAnswer, WatchRequest } from "./watch_protocol.ts";

const SAMPLE_EVERY_MS = 15;

let needles: readonly Needle[] = [];
let samples = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
const argvHits = new Map<string, Hit>();

function answer(line: WatchAnswer): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}

async function sample(): Promise<void> {
  if (needles.length > 0) {
    for (const hit of await scanArgvs(needles)) argvHits.set(JSON.stringify(hit), hit);
    samples++;
  }
  timer = setTimeout(sample, SAMPLE_EVERY_MS);
}

async function serve(request: WatchRequest): Promise<void> {
  switch (request.kind) {
    case "needles":
      needles = request.needles.map(needleFromText);
      return answer({ kind: "ready" });
    case "argv":
      return answer({ kind: "argv", samples, hits: [...argvHits.values()] });
    case "scan": {
      const processes: ProcessHits[] = [];
      for (const pid of request.pids) {
        const found = await scanProcess(needles, pid);
        if (found !== null) processes.push(found);
      }
      return answer({ kind: "scan", processes });
    }
    default:
      return request satisfies never;
  }
}

await sample();
let rest = "";
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) await serve(JSON.parse(line));
}
clearTimeout(timer);
