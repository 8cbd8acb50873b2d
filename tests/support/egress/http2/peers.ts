/** The runtime's own HTTP/2, as a client through the proxy and as an upstream behind it. */

import { Buffer } from "node:buffer";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createSecureServer,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type SessionOptions,
} from "node:http2";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Leaf } from "../../../../lib/pki/leaf.ts";
import type { ProxyDoor } from "../proxy.ts";
import { patiently } from "../wire.ts";

/** A whole response. */
export interface Http2Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
  readonly trailers: IncomingHttpHeaders;
  readonly body: string;
}

/** A client's connection inside a tunnel. */
export interface Http2Client extends Disposable {
  readonly session: ClientHttp2Session;
  /** Sends a request, and waits for the whole response. */
  fetch(headers: OutgoingHttpHeaders, body?: string | Uint8Array): Promise<Http2Response>;
  /** Opens a stream. */
  open(headers: OutgoingHttpHeaders): ClientHttp2Stream;
}

/** Opens a tunnel and speaks HTTP/2 in it. @param authority with its port */
export async function connectHttp2(
  proxy: ProxyDoor,
  authority: string,
  options: SessionOptions = {},
): Promise<Http2Client> {
  const host = authority.replace(/:[0-9]+$/, "");
  const raw = connectTcp(proxy.engine.port, "127.0.0.1");
  raw.on("error", () => {});
  raw.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const granted = Promise.withResolvers<string>();
  raw.once("data", (data: Buffer) => granted.resolve(data.toString("latin1")));
  const head = await patiently(granted.promise);
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`refused: ${head}`);
  const socket = connectTls({
    socket: raw,
    host,
    ...(isIP(host) === 0 && { servername: host }),
    ca: proxy.engine.ca.cert_pem,
    ALPNProtocols: ["h2"],
  });
  const session = connect(`https://${authority}`, { ...options, createConnection: () => socket });
  session.on("error", () => {});
  const open = (headers: OutgoingHttpHeaders): ClientHttp2Stream =>
    session.request({ ":authority": authority, ":scheme": "https", ...headers }, {
      endStream: false,
    });
  return {
    session,
    open,
    async fetch(headers, body): Promise<Http2Response> {
      const stream = open(headers);
      stream.end(body);
      return await patiently(whole(stream));
    },
    [Symbol.dispose](): void {
      session.destroy();
      raw.destroy();
    },
  };
}

/** Reads a response to its end. @throws what the stream fails with */
export function whole(stream: ClientHttp2Stream): Promise<Http2Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Http2Response>();
  let headers: Http2Response["headers"] = {};
  let trailers: IncomingHttpHeaders = {};
  const pieces: Buffer[] = [];
  stream.on("response", (found) => headers = found);
  stream.on("trailers", (found) => trailers = found);
  stream.on("data", (data: Buffer) => pieces.push(data));
  stream.on("error", reject);
  stream.on("close", () => {
    if (stream.rstCode !== 0) reject(new Error(`reset: ${stream.rstCode}`));
    const body = Buffer.concat(pieces).toString("latin1");
    resolve({ status: Number(headers[":status"]), headers, trailers, body });
  });
  return promise;
}

/** What an upstream does with a request. */
export type Http2Handler = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A running upstream on 127.0.0.1. */
export interface Http2Upstream extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly sessions: readonly ServerHttp2Session[];
}

/** Starts one that speaks HTTP/2 only. */
export async function startHttp2Upstream(
  leaf: Leaf,
  handler: Http2Handler,
  settings: SessionOptions["settings"] = {},
): Promise<Http2Upstream> {
  const server = createSecureServer({ cert: leaf.cert_pem, key: leaf.key_pem, settings });
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => {
    session.on("error", () => {});
    sessions.push(session);
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    handler(stream, headers);
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    sessions,
    async [Symbol.asyncDispose](): Promise<void> {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const session of sessions) session.destroy();
      await patiently(closed.promise);
    },
  };
}

/** Answers with what came: the body, and the names of the fields. */
export function echo(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
  stream.respond({ ":status": 200, "x-got": JSON.stringify(headers) });
  stream.pipe(stream);
}
