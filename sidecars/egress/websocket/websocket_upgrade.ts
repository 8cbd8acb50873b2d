/** The opening handshake of a WebSocket, with both sides, and then the WebSocket itself. */

import { http1ErrorCode } from "../../../lib/egress/http1/malformed.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import type { Route } from "../../../lib/egress/route/route.ts";
import {
  acceptOf,
  agreementHeaders,
  makeKey,
  offerHeaders,
  parseAgreement,
  parseOffer,
  type WebSocketAgreement,
  type WebSocketOffer,
} from "../../../lib/egress/websocket/handshake.ts";
import { dropCredentials } from "../../../lib/egress/websocket/protocol_credentials.ts";
import { BottleError } from "../../../lib/errors.ts";
import { failure } from "../exchange/failure.ts";
import { meteredDuplex } from "../body/metered_duplex.ts";
import type { ResponseJob } from "../exchange/relay_response.ts";
import type { AnswerHead } from "../upstream/upstream_exchange.ts";
import { relayWebSocket } from "./websocket.ts";

/** What is asked of the upstream on behalf of a client. */
export interface WebSocketRequest {
  readonly offer: WebSocketOffer;
  /** Our own: the client's would be 16 bytes that leave as they came. */
  readonly key: string;
  /** The request's fields. */
  readonly headers: HeaderList;
  /** A credential of the client's own was taken off. */
  readonly isForeign: boolean;
}

/**
 * Reads a client's handshake and writes it anew.
 *
 * @param headers of the request as it leaves
 * @param route a credential of the client's own goes out only where the route says so
 * @throws {BottleError} `http-malformed`
 */
export function askWebSocket(headers: HeaderList, route: Route): WebSocketRequest {
  const asked = parseOffer(headers);
  const protocols = route.auth?.scheme === "agent"
    ? asked.protocols
    : dropCredentials(asked.protocols);
  const offer = { ...asked, protocols };
  const key = makeKey();
  return {
    offer,
    key,
    headers: offerHeaders(headers, offer, key),
    isForeign: protocols.length < asked.protocols.length,
  };
}

/**
 * Answers the client as the upstream has answered, and relays to the end.
 *
 * @param head a 101, without what is never passed on
 * @throws {BottleError} `upstream-protocol` where nobody asked for it, or not for that; what {@linkcode relayWebSocket} throws
 */
export async function relayUpgrade(job: ResponseJob, head: AnswerHead): Promise<void> {
  const { client, upstream, request, record, limits, closing } = job;
  const asked = request.webSocket;
  if (asked === undefined || client.upgrade === undefined || upstream.upgrade === undefined) {
    throw failure("upstream-protocol", "An upgrade that nobody asked for");
  }
  const agreement = agree(head, asked.offer, await acceptOf(asked.key));
  const accept = await acceptOf(asked.offer.key);
  await client.response.interim(101, "Switching Protocols", [
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ...agreementHeaders(head.headers, agreement, accept),
  ]);
  record.status = 101;
  const server = upstream.upgrade();
  // Also where nobody reads from the client, because the upstream takes no more.
  client.onBroken = (): void => server.destroy();
  const { spend, redaction } = request;
  const agent = client.upgrade();
  try {
    await relayWebSocket({
      client: spend === undefined ? agent : meteredDuplex(agent, spend),
      upstream: server,
      isDeflateAgreed: agreement.deflate !== undefined,
      outbound: () => request.scan.filter(),
      inbound: redaction && (() => redaction.filter()),
      watch: client.watch,
      limits,
      record,
      closing,
    });
  } catch (error) {
    const isCut = error instanceof BottleError && error.code === "upstream-closed";
    throw isCut && client.isBroken ? failure("client-closed") : error;
  }
}

function agree(head: AnswerHead, offer: WebSocketOffer, accept: string): WebSocketAgreement {
  try {
    return parseAgreement({ headers: head.headers, upgrade: head.upgrade ?? [] }, offer, accept);
  } catch (error) {
    if (http1ErrorCode(error) === undefined || !(error instanceof BottleError)) throw error;
    throw failure("upstream-protocol", error.message);
  }
}
