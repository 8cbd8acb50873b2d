/** The opening handshake (RFC 6455, 4): what a client may ask for, what is asked of the upstream, what it may answer. */

import { Buffer } from "node:buffer";
import { malformed } from "../http1/malformed.ts";
import { type HeaderField, type HeaderList, headerValues } from "../message.ts";
import {
  agreedDeflate,
  deflateExtension,
  type DeflateParameters,
  parseDeflate,
} from "./deflate_offer.ts";
import { parseExtensions, printExtension } from "./extensions.ts";
import { MAX_ELEMENTS } from "./limits.ts";

/** What a client asks for. */
export interface WebSocketOffer {
  /** As it was sent: 16 bytes in base64. */
  readonly key: string;
  /** In its order; compared byte for byte. */
  readonly protocols: readonly string[];
  /** Well-formed offers of permessage-deflate; whatever else was offered is none of ours. */
  readonly deflate: readonly DeflateParameters[];
}

/** An upstream's 101. */
export interface SwitchHead {
  /** Without fields of the connection. */
  readonly headers: HeaderList;
  /** What it changes to, in lower case; empty where `Connection` does not name `Upgrade`. */
  readonly upgrade: readonly string[];
}

/** What was agreed on. */
export interface WebSocketAgreement {
  readonly protocol: string | undefined;
  readonly deflate: DeflateParameters | undefined;
}

/** RFC 6455, 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Of 16 bytes: the last digit has four bits that stand for nothing. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PREFIX = "sec-websocket-";

/**
 * Reads the fields of a request that asks for a WebSocket. Whether it may ask so is judged elsewhere (`judge_upgrade.ts`).
 *
 * @throws {BottleError} `http-malformed`
 */
export function parseOffer(headers: HeaderList): WebSocketOffer {
  if (only(headers, "version") !== "13") throw malformed("A WebSocket version other than 13");
  const key = only(headers, "key") ?? "";
  if (!KEY.test(key)) throw malformed("A WebSocket key that is not 16 bytes in base64");
  const offered = parseExtensions(headerValues(headers, `${PREFIX}extensions`));
  return {
    key,
    protocols: parseProtocols(headerValues(headers, `${PREFIX}protocol`)),
    deflate: offered.map(parseDeflate).filter((offer) => offer !== undefined),
  };
}

/** A key of our own. */
export function makeKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
}

/** The value of `Sec-WebSocket-Accept` that answers a key. */
export async function acceptOf(key: string): Promise<string> {
  const bytes = new TextEncoder().encode(key + GUID);
  return Buffer.from(await crypto.subtle.digest("SHA-1", bytes)).toString("base64");
}

/** The fields of a request, those of the handshake written anew. @param key as {@linkcode makeKey} makes it */
export function offerHeaders(
  headers: HeaderList,
  offer: WebSocketOffer,
  key: string,
): HeaderList {
  const written: HeaderField[] = [["Sec-WebSocket-Version", "13"], ["Sec-WebSocket-Key", key]];
  if (offer.protocols.length > 0) {
    written.push(["Sec-WebSocket-Protocol", offer.protocols.join(", ")]);
  }
  if (offer.deflate.length > 0) {
    const offers = offer.deflate.map((one) => printExtension(deflateExtension(one)));
    written.push(["Sec-WebSocket-Extensions", offers.join(", ")]);
  }
  return [...withoutHandshake(headers), ...written];
}

/**
 * Reads an upstream's 101.
 *
 * @param accept what answers the key that it was sent
 * @throws {BottleError} `http-malformed` for another answer, or for an extension or protocol that was not offered
 */
export function parseAgreement(
  { headers, upgrade }: SwitchHead,
  offer: WebSocketOffer,
  accept: string,
): WebSocketAgreement {
  if (upgrade.length !== 1 || upgrade[0] !== "websocket") {
    throw malformed("An upgrade to something else than a WebSocket");
  }
  if (only(headers, "accept") !== accept) throw malformed("A WebSocket key with another's answer");
  const protocol = only(headers, "protocol");
  if (protocol !== undefined && !offer.protocols.includes(protocol)) {
    throw malformed("A WebSocket protocol that was not offered");
  }
  const answered = parseExtensions(headerValues(headers, `${PREFIX}extensions`));
  return { protocol, deflate: agreedDeflate(answered, offer.deflate) };
}

/** The fields of a 101, those of the handshake written anew. @param accept what answers the client's key */
export function agreementHeaders(
  headers: HeaderList,
  { protocol, deflate }: WebSocketAgreement,
  accept: string,
): HeaderList {
  const written: HeaderField[] = [["Sec-WebSocket-Accept", accept]];
  if (protocol !== undefined) written.push(["Sec-WebSocket-Protocol", protocol]);
  if (deflate !== undefined) {
    written.push(["Sec-WebSocket-Extensions", printExtension(deflateExtension(deflate))]);
  }
  return [...withoutHandshake(headers), ...written];
}

function parseProtocols(values: readonly string[]): readonly string[] {
  if (values.length === 0) return [];
  const protocols = values.flatMap((value) => value.split(",")).map((one) => one.trim());
  if (protocols.length > MAX_ELEMENTS || !protocols.every((one) => TOKEN.test(one))) {
    throw malformed("A malformed WebSocket protocol");
  }
  if (new Set(protocols).size !== protocols.length) {
    throw malformed("A WebSocket protocol that is offered twice");
  }
  return protocols;
}

/** The value of a field that must not come twice. */
function only(headers: HeaderList, name: string): string | undefined {
  const [value, second] = headerValues(headers, `${PREFIX}${name}`);
  if (second !== undefined) throw malformed("A field of the WebSocket handshake that comes twice");
  return value;
}

function withoutHandshake(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !name.toLowerCase().startsWith(PREFIX));
}
