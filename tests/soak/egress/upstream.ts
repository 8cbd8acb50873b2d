/** The upstream of a soak: the runtime's own HTTP server, so that another parser than the proxy's counts the requests. */

import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Leaf } from "../../../lib/pki/leaf.ts";
import { hashOf, payloadStream } from "./payload.ts";

/** The header that the proxy puts its credential in, and the credential. */
export const CREDENTIAL = { header: "x-api-key", value: "sk-soak-4c1d07" } as const;

/** How it is written where an upstream sends it back. */
export const ECHOES: readonly string[] = [
  CREDENTIAL.value,
  CREDENTIAL.value.toUpperCase(),
  [...CREDENTIAL.value].reverse().join(""),
  Buffer.from(CREDENTIAL.value).toString("hex"),
  Buffer.from(CREDENTIAL.value).toString("base64"),
  CREDENTIAL.value.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`),
  CREDENTIAL.value.replace(/./g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
];

/** Where a mutated request keeps a second one in its body. */
export const HIDDEN_PATH = "/ok/hidden";

/** Not counted: its row says that those of what was answered before are there. */
export const MARK_PATH = "/ok/mark";

/** Upstreams that answer as a case says, and whose requests nobody counts. */
export const HOSTILE_PATH = "/ok/hostile";

/** A running upstream on 127.0.0.1, over TLS and plain. It may be disposed twice. */
export interface SoakUpstream extends AsyncDisposable {
  readonly tlsPort: number;
  readonly plainPort: number;
  /** Requests so far. */
  readonly seen: number;
  /** Those of them for {@linkcode HIDDEN_PATH}. */
  readonly seenHidden: number;
  /** Resolves when a request for this path has come. */
  arrival(path: string): Promise<void>;
}

/** Starts it. */
export function startUpstream(leaf: Leaf): SoakUpstream {
  let seen = 0;
  let seenHidden = 0;
  const awaited = new Map<string, () => void>();
  const address = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
  const handle = async (request: Request, isTls: boolean): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === MARK_PATH) return new Response("mark");
    seen++;
    if (pathname.startsWith(HIDDEN_PATH)) seenHidden++;
    awaited.get(pathname)?.();
    awaited.delete(pathname);
    if (isTls && request.headers.get(CREDENTIAL.header) !== CREDENTIAL.value) {
      return new Response("no credential", { status: 401 });
    }
    try {
      return await answer(request, pathname);
    } catch {
      return new Response("broken off", { status: 400 });
    }
  };
  const tls = Deno.serve(
    { ...address, cert: leaf.cert_pem, key: leaf.key_pem },
    (request) => handle(request, true),
  );
  const plain = Deno.serve(address, (request) => handle(request, false));
  let ending: Promise<unknown> | undefined;
  return {
    tlsPort: tls.addr.port,
    plainPort: plain.addr.port,
    get seen(): number {
      return seen;
    },
    get seenHidden(): number {
      return seenHidden;
    },
    arrival: (path) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      awaited.set(path, resolve);
      return promise;
    },
    [Symbol.asyncDispose]: async () => {
      await (ending ??= Promise.all([tls.shutdown(), plain.shutdown()]));
    },
  };
}

/** `/ok/<what>/<seed>/<length>` */
async function answer(request: Request, pathname: string): Promise<Response> {
  const [, , what, first, second] = pathname.split("/");
  const [seed, length] = [Number(first), Number(second)];
  switch (what) {
    case "bytes":
      return new Response(payloadStream(seed, length), {
        headers: { "content-length": String(length) },
      });
    case "chunks":
      return new Response(payloadStream(seed, length));
    case "events":
      return new Response(events(seed, length), {
        headers: { "content-type": "text/event-stream" },
      });
    case "echo": {
      const text = `before ${ECHOES[seed]} after`;
      return second === "gzip"
        ? new Response(new Uint8Array(gzipSync(text)), { headers: { "content-encoding": "gzip" } })
        : new Response(text);
    }
    default: {
      const { hash } = await hashOf(request.body ?? payloadStream(0, 0));
      return new Response(hash);
    }
  }
}

/** One event each 10 ms: `data: <seed> <n>`. */
function events(seed: number, count: number): ReadableStream<Uint8Array> {
  let sent = 0;
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 10));
      controller.enqueue(encoder.encode(`data: ${seed} ${sent}\n\n`));
      if (++sent === count) controller.close();
    },
  }, { highWaterMark: 0 });
}
