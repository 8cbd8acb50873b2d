/** Our side of a connection, without a network: what it makes of frames. */

import { concatBytes } from "../../../../lib/concat_bytes.ts";
import { Http2Connection } from "../../../../lib/egress/http2/connection.ts";
import { defaultHttp2Limits, type Http2Limits } from "../../../../lib/egress/http2/limits.ts";
import { responseFields } from "../../../../lib/egress/http2/response_fields.ts";
import type { Http2Stream } from "../../../../lib/egress/http2/stream.ts";
import { type IncomingRequest } from "../../../../lib/egress/http2/stream_frames.ts";
import { headerValues } from "../../../../lib/egress/message.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { PREFACE, type RawFrame, readFrames, settings } from "./frames.ts";

/** What is done with a request. */
export type OnRequest = (stream: Http2Stream, request: IncomingRequest) => Promise<void>;

/** A connection that has been greeted. */
export interface TestServer {
  readonly connection: Http2Connection;
  /** Pushes frames in, and gives everything that waits for a turn its turn. */
  send(...frames: readonly Uint8Array[]): Promise<void>;
  /** Frames that went out since the last time. */
  take(): RawFrame[];
}

/** Starts one. */
export async function startServer(
  options: {
    readonly limits?: Partial<Http2Limits>;
    readonly onRequest?: OnRequest;
    readonly now?: () => number;
  } = {},
): Promise<TestServer> {
  const onRequest = options.onRequest ?? answer;
  const connection = new Http2Connection({
    role: "server",
    limits: { ...defaultHttp2Limits, ...options.limits },
    onOutput: () => {},
    onRequest: (stream, request) => void onRequest(stream, request).catch(() => {}),
    now: options.now ?? ((): number => 0),
  });
  const taken: Uint8Array[] = [];
  const drain = (): void => {
    for (let bytes = connection.takeOutput(); bytes; bytes = connection.takeOutput()) {
      taken.push(bytes.slice());
    }
  };
  const server: TestServer = {
    connection,
    async send(...frames): Promise<void> {
      for (const bytes of frames) connection.receive(bytes);
      // Nothing here waits for anything but promises.
      for (let turn = 0; turn < 50; turn++) {
        await Promise.resolve();
        drain();
      }
    },
    take(): RawFrame[] {
      drain();
      const { frames, used } = readFrames(concatBytes([new Uint8Array(), ...taken]));
      const length = taken.reduce((sum, part) => sum + part.length, 0);
      if (used !== length) throw new Error(`${length - used} bytes are no frame`);
      taken.length = 0;
      return frames;
    },
  };
  connection.start();
  await server.send(PREFACE, settings());
  return server;
}

/** Reads a request's body to its end and answers with 200, or what its fault deserves; one with `x-hold` waits for ever. */
export async function answer(stream: Http2Stream, request: IncomingRequest): Promise<void> {
  try {
    if (!request.ok) throw request.error;
    if (headerValues(request.head.headers, "x-hold").length > 0) return;
    const [length] = headerValues(request.head.headers, "content-length");
    let bytes = 0;
    while (!stream.receive.isDone) bytes += (await stream.receive.read())?.length ?? 0;
    if (length !== undefined && bytes !== Number(length)) {
      throw new BottleError("length", { code: "http-malformed" });
    }
    stream.writeHead(responseFields(200, [], { kind: "none" }), true);
  } catch (error) {
    const status = error instanceof BottleError && error.code === "http-too-large" ? 431 : 400;
    stream.writeHead(responseFields(status, [], { kind: "none" }), true);
  }
}
