/** The company's proxy: a tunnel through it, and what it may be asked for. */

import type { UpstreamProxy } from "../../../lib/egress/config.ts";
import { parseAuthority } from "../../../lib/egress/host/authority.ts";
import { type Host, printHost } from "../../../lib/egress/host/host.ts";
import { type CompleteHead, HeadBuffer } from "../../../lib/egress/http1/head_buffer.ts";
import { parseResponseHead } from "../../../lib/egress/http1/response_head.ts";
import { writeRequestHead } from "../../../lib/egress/http1/writer.ts";
import { hasHeader, type HeaderList, headerValues } from "../../../lib/egress/message.ts";
import { compileNoProxy, type IsDirect } from "../../../lib/egress/host/no_proxy.ts";
import { BottleError } from "../../../lib/errors.ts";
import { failure } from "../exchange/failure.ts";
import { closeQuietly } from "./tcp.ts";

/** A configuration's proxy, ready to be used. */
export interface CompanyProxy {
  readonly host: Host;
  readonly port: number;
  /** What it wants to see of us; of no use to anybody else. */
  readonly fields: HeaderList;
  /** Hosts that are reached without it. */
  readonly isDirect: IsDirect;
}

/** @throws {BottleError} `config-invalid` */
export function compileProxy(config: UpstreamProxy): CompanyProxy {
  const authority = parseAuthority(config.host);
  if ("kind" in authority) {
    throw new BottleError("The company proxy has no host", { code: "config-invalid" });
  }
  return {
    host: authority.host,
    port: config.port,
    fields: config.authorization === null ? [] : [["Proxy-Authorization", config.authorization]],
    isDirect: compileNoProxy(config.no_proxy),
  };
}

/** RFC 9110, 9.3.6: what a tunnel leads to. The port is always said. */
export interface TunnelEnd {
  readonly host: Host;
  readonly port: number;
}

/**
 * Asks the proxy for a tunnel. Its answer is 200 with nothing behind it, or there is none.
 *
 * @param conn a connection to the proxy: closed where this fails
 * @throws {BottleError} `upstream-proxy`, never with a text of the proxy's
 */
export async function openTunnel(
  conn: Deno.TcpConn,
  proxy: CompanyProxy,
  { host, port }: TunnelEnd,
  signal: AbortSignal,
): Promise<void> {
  const giveUp = (): void => closeQuietly(conn);
  signal.addEventListener("abort", giveUp);
  try {
    const target = `${printHost(host)}:${port}`;
    const headers: HeaderList = [["Host", target], ...proxy.fields];
    await writeAll(conn, writeRequestHead({ method: "CONNECT", target, headers }));
    checkAnswer(await readHead(conn));
    signal.throwIfAborted();
  } catch (error) {
    closeQuietly(conn);
    if (!signal.aborted) throw asProxyFault(error);
    throw failure("upstream-proxy", "The company proxy did not answer in time");
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** What the proxy's own refusal means. */
export function proxyRefusal(status: number): BottleError {
  return failure("upstream-proxy", `${describe(status)} (status ${status})`);
}

async function readHead(conn: Deno.TcpConn): Promise<CompleteHead> {
  const head = new HeadBuffer();
  const buffer = new Uint8Array(4_096);
  for (;;) {
    const count = await conn.read(buffer);
    if (count === null) throw failure("upstream-proxy", "The company proxy hung up");
    // The buffer is written to again while a head that came in pieces is still held: the pieces are copied by it.
    const complete = head.push(buffer.subarray(0, count));
    if (complete !== undefined) return complete;
  }
}

/** What follows the grant would be the upstream's first words, and TLS could not read them again. */
function checkAnswer({ text, rest }: CompleteHead): void {
  const { status, headers } = parseResponseHead(text);
  if (status !== 200) throw proxyRefusal(status);
  const length = headerValues(headers, "content-length");
  if (hasHeader(headers, "transfer-encoding") || length.some((value) => value !== "0")) {
    throw failure("upstream-proxy", "The company proxy's answer has a body where none can be");
  }
  if (rest.length > 0) {
    throw failure("upstream-proxy", "The company proxy spoke after it had granted the tunnel");
  }
}

function describe(status: number): string {
  switch (status) {
    case 407:
      return "The company proxy wants other credentials than ours";
    case 403:
      return "The company proxy does not let us through to this host";
    case 502:
    case 503:
    case 504:
      return "The company proxy can't reach the host";
    default:
      return "The company proxy does not grant the tunnel";
  }
}

function asProxyFault(error: unknown): BottleError {
  if (!(error instanceof BottleError)) {
    return failure("upstream-proxy", "The company proxy broke the connection off");
  }
  return error.code === "upstream-proxy"
    ? error
    : failure("upstream-proxy", "The company proxy's answer is malformed");
}

async function writeAll(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
