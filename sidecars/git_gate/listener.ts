/** The port: who may speak to it, and how it ends. */

import type { GitGateConfig } from "../../lib/git_gate/config.ts";
import { refusePlain } from "./refusals.ts";
import { serveGit, type ServeParts } from "./serve_git.ts";

/** Options of {@linkcode listen}. */
export interface ListenOptions {
  readonly config: Pick<GitGateConfig, "listen" | "peers">;
  readonly parts: ServeParts;
  /** Aborted here when the listener is disposed. */
  readonly ending: AbortController;
}

/** Requests of a bottle's one agent that may be open at once; a client that stands still keeps its own after it was cut. */
const MAX_OPEN = 128;

/** Serves until disposed: then nothing is accepted, and what is open is cut. */
export function listen({ config, parts, ending }: ListenOptions): AsyncDisposable {
  const peers = new Set(config.peers);
  const open = new Set<Promise<unknown>>();
  let count = 0;
  const stop = new AbortController();
  const server = Deno.serve({
    hostname: config.listen.address,
    port: config.listen.port,
    signal: stop.signal,
    // Deno's own word would go to stdout, which is the stream to init.
    onListen: () => {},
    onError: (error) => {
      parts.onLog(`A request failed: ${error instanceof Error ? error.name : "?"}`);
      return refusePlain(500, "The gate failed");
    },
  }, async (request, { remoteAddr, completed }) => {
    if (!peers.has(remoteAddr.hostname)) return refusePlain(403, "Not a peer of this bottle");
    if (count >= MAX_OPEN) return refusePlain(503, "Too many requests at once");
    count++;
    void completed.catch(() => {}).then(() => count--);
    const answer = serveGit(parts, request, AbortSignal.any([request.signal, ending.signal]));
    open.add(answer);
    try {
      return await answer;
    } finally {
      open.delete(answer);
    }
  });
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await Promise.allSettled([...open, ...parts.busy]);
      // Not `shutdown`, which waits for those who read nothing.
      stop.abort();
      await server.finished;
    },
  };
}
