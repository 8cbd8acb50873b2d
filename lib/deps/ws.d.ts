/** What tests use of `ws`: its own types would bring Node's, in the place of Deno's. */

import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import type { Server } from "node:https";
import type { Duplex } from "node:stream";

/** Whether messages are compressed, and how. */
export interface PerMessageDeflateOptions {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  /** Bytes from which a message is. */
  readonly threshold?: number;
}

/** One side of a WebSocket. Events: `open`, `message` (a Buffer, and whether it is binary), `pong`, `close`, `error`. */
export class WebSocket extends EventEmitter {
  constructor(url: string, protocols: readonly string[], options: {
    readonly createConnection: () => Duplex;
    readonly perMessageDeflate: boolean | PerMessageDeflateOptions;
  });
  readonly protocol: string;
  readonly extensions: string;
  send(
    data: string | Uint8Array,
    options?: { readonly binary?: boolean; readonly fin?: boolean },
  ): void;
  ping(data: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: "message", listener: (data: Buffer, isBinary: boolean) => void): this;
  on(event: "close", listener: (code: number) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  once(event: "open", listener: () => void): this;
  once(event: "error", listener: (error: Error) => void): this;
  once(event: "pong", listener: (data: Buffer) => void): this;
}

/** A server's WebSockets. */
export class WebSocketServer extends EventEmitter {
  constructor(options: {
    readonly server: Server;
    readonly perMessageDeflate: boolean | PerMessageDeflateOptions;
    readonly handleProtocols: (protocols: Set<string>) => string | false;
  });
  readonly clients: ReadonlySet<WebSocket>;
  close(): void;
  on(event: "connection", listener: (socket: WebSocket) => void): this;
}
