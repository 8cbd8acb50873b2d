/** Starts the watcher of processes and asks it. */

import type { Run } from "../../../lib/process/run.ts";
import { startDenoContainer } from "../deno_container.ts";
import type { Hit } from "./byte_scanner.ts";
import { type Needle, needleToText } from "./needle.ts";
import type { ProcessHits, WatchAnswer, WatchRequest } from "./watch_protocol.ts";

const FOLDER = "tests/support/marker_search";

/** Flags of a container whose root may look into the processes of the engine's host. */
export const traceFlags: readonly string[] = [
  "--pid=host",
  "--cap-add=SYS_PTRACE",
  "--security-opt=seccomp=unconfined",
  "--security-opt=apparmor=unconfined",
];

/** A running watcher. From its start on it samples the argv of every process of the engine's host. */
export interface ProcessWatcher extends AsyncDisposable {
  /** Searches environment and memory. @param pids as the engine's host sees them */
  scan(pids: readonly number[]): Promise<readonly ProcessHits[]>;
  /** What was on any argv since the start, and how often that was looked at. */
  argv(): Promise<{ readonly samples: number; readonly hits: readonly Hit[] }>;
}

/**
 * Starts a watcher: as root, in the host's process namespace, allowed to trace. That is what the engine's host can do,
 * also where the engine runs in a virtual machine.
 */
export async function startWatcher(
  run: Run,
  name: string,
  needles: readonly Needle[],
): Promise<ProcessWatcher> {
  const waiting: PromiseWithResolvers<WatchAnswer>[] = [];
  const container = await startDenoContainer({
    run,
    name,
    folders: [FOLDER],
    entry: `${FOLDER}/watcher_main.ts`,
    flags: [
      ...traceFlags,
      "--network=none",
    ],
    onLine: (line) => waiting.shift()?.resolve(JSON.parse(line)),
  });
  const ask = async (request: WatchRequest): Promise<WatchAnswer> => {
    const answer = Promise.withResolvers<WatchAnswer>();
    waiting.push(answer);
    await container.send(JSON.stringify(request));
    return await Promise.race([
      answer.promise,
      container.ended.then(({ stderr }) => Promise.reject(new Error(`the watcher: ${stderr}`))),
    ]);
  };
  await ask({ kind: "needles", needles: needles.map(needleToText) });
  return {
    scan: async (pids) => {
      const answer = await ask({ kind: "scan", pids });
      if (answer.kind !== "scan") throw new Error(`the watcher answered ${answer.kind}`);
      return answer.processes;
    },
    argv: async () => {
      const answer = await ask({ kind: "argv" });
      if (answer.kind !== "argv") throw new Error(`the watcher answered ${answer.kind}`);
      return answer;
    },
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}
