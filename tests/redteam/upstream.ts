/** An HTTP server on the host that remembers what it was asked for. */

import { createServer } from "node:http";

/** What it saw. */
export interface Upstream extends AsyncDisposable {
  readonly port: number;
  /** Requests whose target holds the text. */
  countOf(text: string): number;
}

/** Listens on all of the host's IPv4 addresses. */
export async function startUpstream(): Promise<Upstream> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.headers.host} ${request.url}`);
    response.setHeader("connection", "close");
    response.end("upstream\n");
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ port: 0, host: "0.0.0.0" }, resolve);
  await promise;
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    countOf: (text) => asked.filter((one) => one.includes(text)).length,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
