/** ClientHellos made by hand, right ones and wrong ones. */

import { Buffer } from "node:buffer";

/** What is in a hello; what is absent is as it should be. */
export interface HelloParts {
  readonly version?: number;
  readonly sessionId?: Uint8Array;
  readonly ciphers?: Uint8Array;
  readonly compressions?: Uint8Array;
  /** Type and content of each. */
  readonly extensions?: readonly (readonly [type: number, content: Uint8Array])[];
  /** Appended to the message's body. */
  readonly rest?: Uint8Array;
}

/** A handshake message. */
export function makeHello(parts: HelloParts = {}): Uint8Array {
  const { extensions = [serverName("origin.test"), versions(0x0304, 0x0303)] } = parts;
  const body = Buffer.concat([
    number(parts.version ?? 0x0303, 2),
    new Uint8Array(32).fill(7),
    vector(1, parts.sessionId ?? new Uint8Array(32)),
    vector(2, parts.ciphers ?? new Uint8Array([0x13, 0x01])),
    vector(1, parts.compressions ?? new Uint8Array([0])),
    vector(
      2,
      Buffer.concat(
        extensions.map(([type, content]) => Buffer.concat([number(type, 2), vector(2, content)])),
      ),
    ),
    parts.rest ?? new Uint8Array(),
  ]);
  return Buffer.concat([new Uint8Array([1]), number(body.length, 3), body]);
}

/** The message in TLS records. @param cuts sizes of the first records; the rest is the last */
export function inRecords(message: Uint8Array, cuts: readonly number[] = []): Uint8Array {
  const records: Uint8Array[] = [];
  let at = 0;
  for (const size of [...cuts, message.length]) {
    const piece = message.subarray(at, at + size);
    at += piece.length;
    if (piece.length > 0) {
      records.push(Buffer.concat([new Uint8Array([22, 3, 1]), vector(2, piece)]));
    }
  }
  return Buffer.concat(records);
}

/** The extension that names one host, or several. */
export function serverName(...names: string[]): readonly [number, Uint8Array] {
  const list = names.map((name) =>
    Buffer.concat([new Uint8Array([0]), vector(2, Buffer.from(name, "latin1"))])
  );
  return [0, vector(2, Buffer.concat(list))];
}

/** The extension that says which versions the client knows. */
export function versions(...known: number[]): readonly [number, Uint8Array] {
  return [43, vector(1, Buffer.concat(known.map((version) => number(version, 2))))];
}

function vector(size: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([number(content.length, size), content]);
}

function number(value: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}
