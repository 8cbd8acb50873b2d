/** Mutated requests against the proxy: it neither ends nor hangs, and makes no two requests of what it took for one. */

import { Buffer } from "node:buffer";
import { patiently, Wire } from "../../support/egress/wire.ts";
import type { Random } from "../random.ts";
import type { Violations } from "../report.ts";
import { mutatedRequest } from "./mutate.ts";
import type { Subject } from "./subject.ts";
import { MARK_PATH } from "./upstream.ts";

/** What {@linkcode runFuzz} takes. */
export interface FuzzOptions {
  readonly subject: Subject;
  readonly random: Random;
  readonly violations: Violations;
  readonly requests: number;
  /** Called now and then with the number that are done. */
  readonly onProgress: (done: number) => void;
  /** Ends it early. */
  readonly signal: AbortSignal;
}

/** What became of them. */
export interface FuzzResult {
  readonly sent: number;
  /** That the upstream saw. */
  readonly forwarded: number;
}

/** Sent at once, and accounted for together. */
const BATCH = 16;
/** One in so many goes through TLS, which costs a handshake. */
const TUNNEL_PART = 1 / 8;
/** Longer than any time-out that a client's end leaves in force. */
const HANG_MS = 30_000;
const SETTLE_MS = 5_000;
const SHOWN_CHARACTERS = 400;

/** Sends them all. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { subject, requests, signal, violations } = options;
  const { upstream } = subject;
  const first = upstream.seen;
  let sent = 0;
  while (sent < requests && !signal.aborted) {
    const size = Math.min(BATCH, requests - sent);
    await runBatch(options, size);
    sent += size;
    options.onProgress(sent);
    if (!subject.hasEnded) continue;
    violations.add(`fuzz: the proxy ended: ${await subject.program.stderr}`);
    break;
  }
  return { sent, forwarded: upstream.seen - first };
}

async function runBatch(
  { subject, random, violations }: FuzzOptions,
  size: number,
): Promise<void> {
  const { upstream } = subject;
  const cases = Array.from({ length: size }, () => {
    const isTunnelled = random.chance(TUNNEL_PART);
    const authority = `127.0.0.1:${isTunnelled ? upstream.tlsPort : upstream.plainPort}`;
    return { isTunnelled, pieces: mutatedRequest(random, authority, isTunnelled) };
  });
  const fault = await sendCases(subject, cases, violations);
  if (fault === undefined) return;
  // Each by itself, to name the one.
  const named: string[] = [];
  for (const one of cases) {
    const itsFault = await sendCases(subject, [one], violations);
    if (itsFault !== undefined) named.push(`${itsFault}: ${show(one.pieces)}`);
  }
  violations.add(`fuzz: ${fault} of a batch; alone: ${named.join("; ") || "none"}`);
}

interface FuzzCase {
  readonly isTunnelled: boolean;
  readonly pieces: readonly Uint8Array[];
}

/** Every request that the upstream counts must be one that the proxy has in its audit as one. @returns what is not so */
async function sendCases(
  subject: Subject,
  cases: readonly FuzzCase[],
  violations: Violations,
): Promise<string | undefined> {
  const { upstream, rows } = subject;
  const before = { ...rows, seen: upstream.seen, seenHidden: upstream.seenHidden };
  await Promise.all(cases.map(async ({ isTunnelled, pieces }) => {
    const trouble = await send(subject, pieces, isTunnelled);
    if (trouble !== undefined) violations.add(`fuzz: ${trouble}: ${show(pieces)}`);
  }));
  await sendMark(subject);
  const seen = (): number => upstream.seen - before.seen;
  const forwarded = (): number => rows.forwarded - before.forwarded;
  const isAccounted = await holds(() =>
    seen() <= forwarded() &&
    upstream.seenHidden - before.seenHidden <= rows.hidden - before.hidden
  );
  return isAccounted ? undefined : `${seen()} requests upstream, ${forwarded()} rows`;
}

/** Sends one request and reads to the end of the connection. @returns what went wrong */
async function send(
  subject: Subject,
  pieces: readonly Uint8Array[],
  isTunnelled: boolean,
): Promise<string | undefined> {
  let conn: Deno.Conn;
  try {
    conn = isTunnelled ? await openTunnel(subject) : await openPlain(subject);
  } catch (error) {
    return `no connection: ${error instanceof Error ? error.message : String(error)}`;
  }
  const timer = Promise.withResolvers<"late">();
  const timeout = setTimeout(() => timer.resolve("late"), HANG_MS);
  try {
    const end = await Promise.race([converse(conn, pieces), timer.promise]);
    return end === "late" ? `no end after ${HANG_MS / 1000} s` : undefined;
  } finally {
    clearTimeout(timeout);
    closeQuietly(conn);
  }
}

async function converse(conn: Deno.Conn, pieces: readonly Uint8Array[]): Promise<"ended"> {
  await Promise.all([write(conn, pieces), drain(conn)]);
  return "ended";
}

async function write(conn: Deno.Conn, pieces: readonly Uint8Array[]): Promise<void> {
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length;) at += await conn.write(piece.subarray(at));
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if ("closeWrite" in conn && typeof conn.closeWrite === "function") await conn.closeWrite();
  } catch {
    // The proxy may be done with it before the end.
  }
}

async function drain(conn: Deno.Conn): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    while (await conn.read(buffer) !== null);
  } catch {
    // Cut, which is an end too.
  }
}

async function openPlain({ port }: Subject): Promise<Deno.TcpConn> {
  return await Deno.connect({ hostname: "127.0.0.1", port });
}

async function openTunnel(subject: Subject): Promise<Deno.TlsConn> {
  const conn = await openPlain(subject);
  const wire = new Wire(conn);
  const authority = `127.0.0.1:${subject.upstream.tlsPort}`;
  await wire.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const { status } = await wire.response("HEAD");
  if (status !== 200) throw new Error(`CONNECT was answered with ${status}`);
  const tls = await Deno.startTls(conn, { hostname: "127.0.0.1", caCerts: [subject.caPem] });
  await patiently(tls.handshake());
  return tls;
}

/** A well-formed request; once its row is there, the rows of those that were answered before are. */
async function sendMark(subject: Subject): Promise<void> {
  const { marks } = subject.rows;
  using wire = new Wire(await openPlain(subject));
  const authority = `127.0.0.1:${subject.upstream.plainPort}`;
  await wire.write(`GET http://${authority}${MARK_PATH} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const { status } = await wire.response();
  if (status !== 200) throw new Error(`A well-formed request was answered with ${status}`);
  await holds(() => subject.rows.marks > marks);
}

async function holds(condition: () => boolean): Promise<boolean> {
  const end = performance.now() + SETTLE_MS;
  while (!condition()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return true;
}

function show(pieces: readonly Uint8Array[]): string {
  const text = JSON.stringify(Buffer.concat([...pieces]).toString("latin1"));
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // A reset has closed it.
  }
}
