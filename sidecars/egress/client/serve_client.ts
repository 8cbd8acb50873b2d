/** The requests of one connection, one after the other, and its end. */

import type { RequestHead } from "../../../lib/egress/message.ts";
import { parseRequestHead } from "../../../lib/egress/http1/request_head.ts";
import type { Refused } from "../../../lib/egress/judge/judge_connect.ts";
import { BottleError } from "../../../lib/errors.ts";
import { refusalOf, refuseHead } from "../exchange/answer.ts";
import { runExchange } from "../exchange/exchange.ts";
import { Http1ClientExchange, NO_HEAD } from "./http1_client.ts";
import type { ClientSide, EngineParts, NextStep } from "../parts.ts";

/** What is to be done with a CONNECT. */
export type OnConnect = (head: RequestHead) => Promise<NextStep>;

/**
 * Serves until the connection ends. Never throws for what a client does.
 *
 * @param onConnect without it a CONNECT is a request like any other, and is refused as one
 */
export async function serveRequests(
  parts: EngineParts,
  side: ClientSide,
  onConnect?: OnConnect,
): Promise<void> {
  let step: NextStep = { kind: "next" };
  while (step.kind === "next" && !parts.closing.aborted) {
    step = await serveOne(parts, side, onConnect);
  }
  await endConnection(parts, side, step);
}

async function serveOne(
  parts: EngineParts,
  side: ClientSide,
  onConnect: OnConnect | undefined,
): Promise<NextStep> {
  side.activity.isIdle = true;
  const read = await readHead(parts, side);
  side.activity.isIdle = false;
  switch (read.kind) {
    case "end":
    case "gone":
      return read;
    case "refused":
      await refuseHead(parts, new Http1ClientExchange(side, NO_HEAD), read.refused);
      return { kind: "end" };
    case "head":
      return read.head.method === "CONNECT" && onConnect !== undefined
        ? await onConnect(read.head)
        : await serveRequest(parts, side, read.head);
    default:
      return read satisfies never;
  }
}

async function serveRequest(
  parts: EngineParts,
  side: ClientSide,
  head: RequestHead,
): Promise<NextStep> {
  const client = new Http1ClientExchange(side, head);
  const discardRest = await runExchange(parts, client);
  if (client.isBroken) return { kind: "gone" };
  if (!client.response.isLast) return { kind: "next" };
  return { kind: "end", ...(discardRest === undefined ? {} : { discardRest }) };
}

type ReadHead =
  | { readonly kind: "head"; readonly head: RequestHead }
  | { readonly kind: "refused"; readonly refused: Refused }
  | { readonly kind: "end" }
  | { readonly kind: "gone" };

/** The clock on an idle client, and from a head's first byte on a slow one, cuts the connection. */
async function readHead({ limits }: EngineParts, side: ClientSide): Promise<ReadHead> {
  const { client, reader, watch } = side;
  watch.onExpire = (): void => client.destroy();
  watch.arm(limits.idleMs);
  try {
    const text = await reader.readHead(() => watch.arm(limits.headMs));
    return text === undefined ? { kind: "end" } : { kind: "head", head: parseRequestHead(text) };
  } catch (error) {
    const isCut = error instanceof BottleError &&
      (error.code === "client-closed" || error.code === "http-truncated");
    return isCut ? { kind: "gone" } : { kind: "refused", refused: refusalOf(error) };
  } finally {
    watch.disarm();
  }
}

/**
 * Ends our direction, and reads what the client still sends: a reset, which unread bytes bring about, would take
 * the answer with it.
 */
async function endConnection(
  { limits }: EngineParts,
  { client, reader, watch }: ClientSide,
  step: NextStep,
): Promise<void> {
  if (step.kind === "gone") return client.destroy();
  client.end();
  watch.onExpire = (): void => client.destroy();
  watch.arm(limits.lingerMs);
  if (step.kind === "end") await step.discardRest?.();
  await reader.discard();
  client.destroy();
}
