/** Whether a contestant does the work that its figures are about. */

import { Buffer } from "node:buffer";
import { askTunnel, closeQuietly, connect, requestHead } from "./client/connect.ts";
import { ResponseReader } from "./client/response.ts";
import type { Contestant } from "./contestant.ts";
import { writeAll } from "./write_all.ts";

/** What was looked at, and whether it held. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
  /** What was seen instead. */
  readonly seen: string;
}

/** A host that nobody has a route to. RFC 6761, 6.4. */
const REFUSED = "refused.invalid";
const ROW_MS = 5_000;

/** Sends one request through it, and one to a host that is not allowed. */
export async function checkContestant(
  contestant: Contestant,
  token: string,
): Promise<readonly Check[]> {
  const nonce = crypto.randomUUID();
  try {
    const path = `/credential/${nonce}`;
    const echo = await ask(contestant, path);
    const [digest = "", ...texts] = echo.split("\n");
    if (contestant.pid === null) return [check("the origin answers", digest !== "", echo)];
    const isShown = texts.includes(`Bearer ${token}`) || texts.includes(btoa(`Bearer ${token}`));
    return [
      check("the origin got the credential", digest === await sha256(`Bearer ${token}`), digest),
      ...(contestant.redacts
        ? [check("the client got the echo without it", !isShown && texts.length === 2, echo)]
        : []),
      ...(contestant.auditFile === null
        ? []
        : [await checkRefusal(contestant), await checkRow(contestant.auditFile, path)]),
    ];
  } catch (error) {
    return [check("a request passes", false, error instanceof Error ? error.message : "")];
  }
}

async function ask({ way }: Contestant, path: string): Promise<string> {
  const conn = await connect(way);
  try {
    await writeAll(conn, requestHead(way, "GET", path));
    return await new ResponseReader(conn).readText();
  } finally {
    closeQuietly(conn);
  }
}

/** At the CONNECT, or within a tunnel that leads no further: squid grants one, to say its refusal in. */
async function checkRefusal({ way }: Contestant): Promise<Check> {
  const what = "another host is refused";
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: way.proxyPort ?? 0 });
  let conn: Deno.Conn = tcp;
  try {
    const status = await askTunnel(tcp, `${REFUSED}:443`);
    if (status !== 200) return check(what, status === 403, `CONNECT: ${status}`);
    const tls = await Deno.startTls(tcp, { hostname: REFUSED, caCerts: [way.caPem] });
    conn = tls;
    await writeAll(tls, requestHead(way, "GET", "/"));
    const buffer = new Uint8Array(64);
    const answer = new TextDecoder().decode(buffer.subarray(0, await tls.read(buffer) ?? 0));
    return check(what, answer.startsWith("HTTP/1.1 403 "), answer);
  } finally {
    closeQuietly(conn);
  }
}

/** Rows may come a moment after the answer. */
async function checkRow(auditFile: string, path: string): Promise<Check> {
  const what = "the request has its row";
  const end = performance.now() + ROW_MS;
  while (performance.now() < end) {
    const text = await Deno.readTextFile(auditFile).catch(() => "");
    if (text.includes(path)) return check(what, true, "");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return check(what, false, `nothing of it in ${auditFile}`);
}

function check(what: string, holds: boolean, seen: string): Check {
  return { what, holds, seen };
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Buffer.from(digest).toString("hex");
}
