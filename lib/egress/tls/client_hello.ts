/** The first message of TLS, as far as it names the server (RFC 8446, 4.1.2; RFC 5246, 7.4.1.2; RFC 6066, 3). */

import { Buffer } from "node:buffer";
import { BottleError } from "../../errors.ts";
import { ByteCursor } from "./byte_cursor.ts";
import { type HostName, parseHost } from "../host/host.ts";
import type { BlockReason } from "../reason.ts";

/** What of a ClientHello is judged. */
export interface ClientHello {
  /** Canonical. */
  readonly serverName: HostName;
}

const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;
const HOST_NAME = 0;

const Extension = { serverName: 0, supportedVersions: 43 } as const;

/**
 * With one of these the name that is sent openly is not the name that is meant: encrypted_client_hello, its drafts, and the
 * encrypted server name before it. Clients also send them filled at random; nobody can tell.
 */
const HIDES_NAME: ReadonlySet<number> = new Set([
  0xfe08,
  0xfe09,
  0xfe0a,
  0xfe0b,
  0xfe0c,
  0xfe0d,
  0xffce,
]);

/**
 * Parses a ClientHello's body.
 *
 * @param body without the four bytes that say what it is and how long
 * @throws {BottleError} `protocol`: malformed, TLS older than 1.2, an extension twice, no name or several, a name that is no host
 * name, a name that is hidden
 */
export function parseClientHello(body: Uint8Array): ClientHello {
  const cursor = new ByteCursor(body, () => helloFault("A ClientHello that ends too early"));
  // TLS 1.3 says so too, and means it in an extension.
  if (cursor.number(2) !== TLS_1_2) throw helloFault("TLS older than 1.2");
  cursor.take(32);
  if (cursor.vector(1).left > 32) throw helloFault("A session id longer than 32 bytes");
  const ciphers = cursor.vector(2).left;
  if (ciphers < 2 || ciphers % 2 !== 0) throw helloFault("A malformed list of cipher suites");
  const compressions = cursor.vector(1);
  if (!compressions.take(compressions.left).includes(0)) {
    throw helloFault("A malformed list of compression methods");
  }
  if (cursor.isAtEnd) throw helloFault("No server name");
  const extensions = parseExtensions(cursor.vector(2));
  if (!cursor.isAtEnd) throw helloFault("Bytes after the extensions");
  if (extensions.keys().some((type) => HIDES_NAME.has(type))) {
    throw helloFault("A server name that is encrypted, and so can't be judged");
  }
  checkVersions(extensions.get(Extension.supportedVersions));
  const names = extensions.get(Extension.serverName);
  if (names === undefined) throw helloFault("No server name");
  return { serverName: parseServerName(names) };
}

/** Not a ClientHello that can be judged. */
export function helloFault(detail: string): BottleError {
  return new BottleError(detail, { code: "protocol" satisfies BlockReason });
}

function parseExtensions(cursor: ByteCursor): ReadonlyMap<number, ByteCursor> {
  const extensions = new Map<number, ByteCursor>();
  while (!cursor.isAtEnd) {
    const type = cursor.number(2);
    if (extensions.has(type)) throw helloFault("A TLS extension twice");
    extensions.set(type, cursor.vector(2));
  }
  return extensions;
}

function checkVersions(cursor: ByteCursor | undefined): void {
  if (cursor === undefined) return;
  const versions = cursor.vector(1);
  const offered: number[] = [];
  while (!versions.isAtEnd) offered.push(versions.number(2));
  if (!cursor.isAtEnd) throw helloFault("A malformed list of TLS versions");
  if (!offered.includes(TLS_1_2) && !offered.includes(TLS_1_3)) {
    throw helloFault("Neither TLS 1.2 nor 1.3");
  }
}

function parseServerName(cursor: ByteCursor): HostName {
  const list = cursor.vector(2);
  if (!cursor.isAtEnd || list.number(1) !== HOST_NAME) throw helloFault("A malformed server name");
  const name = list.vector(2);
  if (!list.isAtEnd) throw helloFault("Several server names");
  const text = Buffer.from(name.take(name.left)).toString("latin1");
  const host = parseHost(text);
  if (host.kind === "bad") throw helloFault(`A malformed server name: ${host.why}`);
  if (host.kind === "ip") throw helloFault("A server name that is an address");
  if (text.endsWith(".")) throw helloFault("A server name with a dot at its end");
  return host.name;
}
