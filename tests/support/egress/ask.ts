/** Asks the running proxy what `explainRequest` was asked. */

import assert from "node:assert/strict";
import { type AskedRequest, writeAsked } from "../../../lib/egress/explain/asked_request.ts";
import type { Proxy } from "./proxy.ts";

/**
 * Sends a request as a client would.
 *
 * @param body as it travels, in its framing
 * @returns the reason of the proxy's refusal; undefined: it passed
 */
export async function ask(
  proxy: Proxy,
  asked: AskedRequest,
  body = "",
): Promise<string | undefined> {
  const heads = writeAsked(asked);
  assert.ok(typeof heads !== "string");
  const { connect, request } = heads;
  const outer = await proxy.plain();
  await outer.write(connect === undefined ? `${request}\r\n\r\n${body}` : `${connect}\r\n\r\n`);
  const first = await outer.response(connect === undefined ? asked.method : "HEAD");
  if (connect === undefined || first.status !== 200) return first.headers.get("x-bot-bottle-block");
  outer.close();
  const [, target = "", host = ""] = /^CONNECT (([^:]+?)\.?:\d+) /.exec(connect) ?? [];
  const inner = await proxy.tunnel(target, host.toLowerCase());
  await inner.write(`${request}\r\n\r\n${body}`);
  const { headers } = await inner.response(asked.method);
  inner.close();
  return headers.get("x-bot-bottle-block");
}
