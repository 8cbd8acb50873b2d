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

/** Serves until disposed: then nothing is accepted, and what is open is cut. */
export function listen({ config, parts, ending }: ListenOptions): AsyncDisposable {
  const peers = new Set(config.peers);
  const open = new Set<Promise<unknown>>();
  const server = Deno.serve({
    hostname: config.listen.address,
    port: config.listen.port,
    // Deno's own word would go to stdout, which is the stream to init.
    onListen: () => {},
    onError: (error) => {
      parts.onLog(`A request failed: ${error instanceof Error ? error.name : "?"}`);
      return refusePlain(500, "The gate failed");
    },
  }, async (request, { remoteAddr }) => {
    if (!peers.has(remoteAddr.hostname)) return refusePlain(403, "Not a peer of this bottle");
    const signal = AbortSignal.any([request.signal, ending.signal]);
    const answer = serveGit(parts, request, signal);
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
      await Promise.allSettled(open);
      await server.shutdown();
    },
  };
}
