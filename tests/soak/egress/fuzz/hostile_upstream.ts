/** Upstreams that answer as a case has told them: mutated responses and frames, and connections that are not closed. */

import type { Leaf } from "../../../../lib/pki/leaf.ts";
import {
  END_HEADERS,
  END_STREAM,
  headers,
  PREFACE,
  readFrames,
  settings,
  Type,
} from "../../../support/egress/http2/frames.ts";
import { switched } from "../../../support/egress/websocket.ts";
import { Wire } from "../../../support/egress/wire.ts";
import { FrameCheck } from "./websocket_frames.ts";

/** What is answered to the one request for a path. */
export type HostileAnswer =
  | { readonly kind: "response"; readonly pieces: readonly Uint8Array[] }
  | {
    readonly kind: "websocket";
    readonly pieces: readonly Uint8Array[];
    /** Told what was wrong with the frames that came, or that nothing was. */
    readonly onEnd: (fault: string | undefined) => void;
  };

/** Running on 127.0.0.1: HTTP/1.1 without TLS, HTTP/2 with it. It may be disposed twice. */
export interface HostileUpstream extends AsyncDisposable {
  readonly plainPort: number;
  /** The same, for answers in pieces: what comes late on a connection is the next request's, and whose it is nobody can tell. */
  readonly piecesPort: number;
  readonly http2Port: number;
  /** By path; others are answered with their path. */
  readonly answers: Map<string, HostileAnswer>;
  /** For the next requests of HTTP/2, whichever they are; without one it is a plain 200. */
  readonly http2Answers: ((streamId: number) => readonly Uint8Array[])[];
}

/** What it waits for a next request before it closes: what a mutation has left open would stay so for minutes. */
const PATIENCE_MS = 100;

/** Starts it. */
export function startHostileUpstream(leaf: Leaf): HostileUpstream {
  const answers = new Map<string, HostileAnswer>();
  const http2Answers: ((streamId: number) => readonly Uint8Array[])[] = [];
  const address = { hostname: "127.0.0.1", port: 0 };
  const certificate = { cert: leaf.cert_pem, key: leaf.key_pem, alpnProtocols: ["h2"] };
  const plain = Deno.listen(address);
  const inPieces = Deno.listen(address);
  const http2 = Deno.listenTls({ ...address, ...certificate });
  const serving = new Set<Promise<void>>();
  const accepting = [
    accept(plain, serving, (wire) => serveHttp1(wire, answers)),
    accept(inPieces, serving, (wire) => serveHttp1(wire, answers)),
    accept(http2, serving, (wire) => serveHttp2(wire, http2Answers)),
  ];
  let isOpen = true;
  return {
    plainPort: plain.addr.port,
    piecesPort: inPieces.addr.port,
    http2Port: http2.addr.port,
    answers,
    http2Answers,
    async [Symbol.asyncDispose](): Promise<void> {
      if (isOpen) [plain, inPieces, http2].forEach((listener) => listener.close());
      isOpen = false;
      await Promise.all(accepting);
      // Nobody waits for long.
      await Promise.all(serving);
    },
  };
}

/** Serves each connection, and forgets it: there are a million. */
async function accept(
  listener: Deno.Listener<Deno.TcpConn> | Deno.TlsListener,
  serving: Set<Promise<void>>,
  serve: (wire: Wire) => Promise<void>,
): Promise<void> {
  try {
    for await (const conn of listener) {
      const wire = new Wire(conn);
      // It ends by an error wherever the proxy closes first.
      const work = serve(wire).catch(() => {}).finally(() => {
        wire.close();
        serving.delete(work);
      });
      serving.add(work);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

async function serveHttp1(wire: Wire, answers: Map<string, HostileAnswer>): Promise<void> {
  for (let isFirst = true;; isFirst = false) {
    // A connection that was opened brings one, as late as a busy machine lets it.
    const arriving = wire.until("\r\n\r\n");
    const head = await (isFirst ? arriving : impatiently(wire, arriving));
    const path = head.split(" ")[1] ?? "";
    const answer = answers.get(path);
    answers.delete(path);
    if (answer?.kind === "websocket") return await serveWebSocket(wire, head, answer);
    const body = `Content-Length: ${path.length}\r\n\r\n${path}`;
    if (answer === undefined) await wire.write(`HTTP/1.1 200 OK\r\n${body}`);
    else await writePieces(wire, answer.pieces);
  }
}

async function serveWebSocket(
  wire: Wire,
  head: string,
  { pieces, onEnd }: HostileAnswer & { readonly kind: "websocket" },
): Promise<void> {
  const isDeflate = /^sec-websocket-extensions: *permessage-deflate/im.test(head);
  const fields = isDeflate ? "Sec-WebSocket-Extensions: permessage-deflate\r\n" : "";
  const check = new FrameCheck(true, isDeflate);
  try {
    await wire.write(switched(head, fields));
    await writePieces(wire, pieces);
    for (;;) {
      const before = wire.received.length;
      if (!await impatiently(wire, wire.more())) break;
      check.take(Uint8Array.from(wire.received.slice(before), (one) => one.charCodeAt(0)));
    }
  } finally {
    onEnd(check.fault);
  }
}

async function serveHttp2(
  wire: Wire,
  answers: ((streamId: number) => readonly Uint8Array[])[],
): Promise<void> {
  await wire.exactly(PREFACE.length);
  await wire.write(settings());
  let taken = PREFACE.length;
  for (;;) {
    const bytes = Uint8Array.from(wire.received.slice(taken), (one) => one.charCodeAt(0));
    const { frames, used } = readFrames(bytes);
    taken += used;
    for (const { type, streamId } of frames) {
      if (type !== Type.headers) continue;
      const plain = [headers(streamId, [[":status", "200"]], END_STREAM | END_HEADERS)];
      await writePieces(wire, answers.shift()?.(streamId) ?? plain);
    }
    if (!await impatiently(wire, wire.more())) return;
  }
}

async function writePieces(wire: Wire, pieces: readonly Uint8Array[]): Promise<void> {
  for (const piece of pieces) {
    await wire.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

/** Closes the connection if nothing comes. */
async function impatiently<T>(wire: Wire, waiting: Promise<T>): Promise<T> {
  const timer = setTimeout(() => wire.close(), PATIENCE_MS);
  try {
    return await waiting;
  } finally {
    clearTimeout(timer);
  }
}
