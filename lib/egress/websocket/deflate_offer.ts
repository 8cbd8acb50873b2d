/** Which permessage-deflate (RFC 7692, 7.1) is offered, and whether an answer fits an offer. */

import { malformed } from "../http1/malformed.ts";
import type { Extension, ExtensionParameter } from "./extensions.ts";

/** The one extension that is understood. */
export const DEFLATE = "permessage-deflate";

/** The parameters of an offer or an answer. */
export interface DeflateParameters {
  readonly server_no_context_takeover: boolean;
  readonly client_no_context_takeover: boolean;
  /** 8 to 15. */
  readonly server_max_window_bits: number | undefined;
  /** 8 to 15; `true`, in an offer: the client takes whatever the server says. */
  readonly client_max_window_bits: number | true | undefined;
}

const BITS = /^(?:[89]|1[0-5])$/;

/** Reads an extension; undefined: it is another one, or one that a server has to decline. */
export function parseDeflate(extension: Extension): DeflateParameters | undefined {
  const { name, parameters } = extension;
  if (name !== DEFLATE) return undefined;
  const names = new Set(parameters.map((parameter) => parameter.name));
  if (names.size !== parameters.length || !parameters.every(isKnown)) return undefined;
  const valueOf = (wanted: string): string | undefined =>
    parameters.find((parameter) => parameter.name === wanted)?.value;
  const client = valueOf("client_max_window_bits");
  const server = valueOf("server_max_window_bits");
  return {
    server_no_context_takeover: names.has("server_no_context_takeover"),
    client_no_context_takeover: names.has("client_no_context_takeover"),
    server_max_window_bits: server === undefined ? undefined : Number(server),
    client_max_window_bits: client === undefined
      ? names.has("client_max_window_bits") || undefined
      : Number(client),
  };
}

/** The extension that stands for them. */
export function deflateExtension(parameters: DeflateParameters): Extension {
  const written: ExtensionParameter[] = [];
  for (const name of ["server_no_context_takeover", "client_no_context_takeover"] as const) {
    if (parameters[name]) written.push({ name, value: undefined });
  }
  for (const name of ["server_max_window_bits", "client_max_window_bits"] as const) {
    const bits = parameters[name];
    if (bits === undefined) continue;
    written.push({ name, value: bits === true ? undefined : String(bits) });
  }
  return { name: DEFLATE, parameters: written };
}

/**
 * Reads what a server agreed to.
 *
 * @param answered all its extensions
 * @returns undefined: to none
 * @throws {BottleError} `http-malformed` for what was not offered
 */
export function agreedDeflate(
  answered: readonly Extension[],
  offers: readonly DeflateParameters[],
): DeflateParameters | undefined {
  const [first, second] = answered;
  if (first === undefined) return undefined;
  const answer = second === undefined ? parseDeflate(first) : undefined;
  if (answer === undefined || !offers.some((offer) => answersOffer(answer, offer))) {
    throw malformed("A WebSocket extension that was not offered so");
  }
  return answer;
}

function answersOffer(answer: DeflateParameters, offer: DeflateParameters): boolean {
  if (offer.server_no_context_takeover && !answer.server_no_context_takeover) return false;
  const serverBits = answer.server_max_window_bits ?? 15;
  if (serverBits > (offer.server_max_window_bits ?? 15)) return false;
  const clientBits = answer.client_max_window_bits;
  if (clientBits === undefined) return true;
  if (clientBits === true || offer.client_max_window_bits === undefined) return false;
  return offer.client_max_window_bits === true || clientBits <= offer.client_max_window_bits;
}

function isKnown({ name, value }: ExtensionParameter): boolean {
  switch (name) {
    case "server_no_context_takeover":
    case "client_no_context_takeover":
      return value === undefined;
    case "server_max_window_bits":
      return value !== undefined && BITS.test(value);
    case "client_max_window_bits":
      return value === undefined || BITS.test(value);
    default:
      return false;
  }
}
