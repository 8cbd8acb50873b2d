/** The proxy of a soak: in a process of its own, with an upstream behind it and its audit counted. */

import { testAuthority } from "../../support/egress/certificates.ts";
import { type EgressProgram, startEgress } from "../../support/egress/program.ts";
import type { ProxyDoor } from "../../support/egress/proxy.ts";
import { type HostileUpstream, startHostileUpstream } from "./fuzz/hostile_upstream.ts";
import { startStreamUpstreams, type StreamUpstreams } from "./stream_upstreams.ts";
import {
  CREDENTIAL,
  HIDDEN_PATH,
  HOSTILE_PATH,
  MARK_PATH,
  type SoakUpstream,
  startUpstream,
} from "./upstream.ts";

/** No route names it. */
export const REFUSED_HOST = "blocked.example";

/** Rows of the audit so far. Refusals alike are one row after the first, which tells how many there were. */
export interface RowCounts {
  readonly all: number;
  /** Of exchanges that were allowed, but for {@linkcode MARK_PATH} and {@linkcode HOSTILE_PATH}. */
  readonly passed: number;
  readonly failed: number;
  /** Refusals, each counted, to {@linkcode REFUSED_HOST}. */
  readonly refused: number;
  /** Requests that may have gone to the upstream, in part at least; one that was sent again is two. */
  readonly forwarded: number;
  /** Of these, the ones for {@linkcode HIDDEN_PATH}. */
  readonly hidden: number;
  /** Those for {@linkcode MARK_PATH}. */
  readonly marks: number;
  /** Those that were sent again. */
  readonly again: number;
}

/** A running proxy. */
export interface Subject extends AsyncDisposable {
  readonly program: EgressProgram;
  readonly upstream: SoakUpstream;
  readonly hostile: HostileUpstream;
  readonly streams: StreamUpstreams;
  /** For clients that are used to a proxy in their own process. */
  readonly door: ProxyDoor;
  readonly port: number;
  readonly caPem: string;
  readonly rows: RowCounts;
  /** Resolves when the last row of a process that has ended is counted. */
  readonly lastRow: Promise<void>;
  /** Set when the process has ended, which it never should by itself. */
  readonly hasEnded: boolean;
}

/** Starts it. */
export async function startSubject(): Promise<Subject> {
  const authority = await testAuthority();
  const leaf = await authority.issuer.leafFor({ kind: "ip", value: "127.0.0.1" });
  await using stack = new AsyncDisposableStack();
  const upstream = stack.use(startUpstream(leaf));
  const hostile = stack.use(startHostileUpstream(leaf));
  const streams = stack.use(await startStreamUpstreams(leaf));
  let counting = Promise.resolve();
  stack.defer(() => counting);
  const program = stack.use(startEgress(["--config", "-"]));
  const { tlsPort, plainPort } = upstream;
  await program.write(`${
    JSON.stringify({
      listen: { address: "127.0.0.1", port: 0 },
      dns: null,
      peers: ["127.0.0.1"],
      routes: [{
        host: "127.0.0.1",
        ports: [
          tlsPort,
          plainPort,
          hostile.plainPort,
          hostile.piecesPort,
          hostile.http2Port,
          streams.callPort,
          streams.socketPort,
        ],
        matches: [{ paths: [{ type: "prefix", value: "/ok" }] }],
        auth: { scheme: "header", header: CREDENTIAL.header, token: "EGRESS_TOKEN_1" },
        allow_private: true,
        origin: "soak",
      }],
      tokens: { EGRESS_TOKEN_1: CREDENTIAL.value },
      extra_ca_pem: authority.ca.cert_pem,
      placeholders: [],
      upstream_proxy: null,
      private_exceptions: [],
      log: "all",
      self_test: null,
      ca: null,
    })
  }\n`);
  const ready = Object(JSON.parse(await program.line()));
  const port = Number(new URL(String(ready.proxy)).port);
  const caPem = String(ready.ca_pem);
  const rows = {
    all: 0,
    passed: 0,
    failed: 0,
    refused: 0,
    forwarded: 0,
    hidden: 0,
    marks: 0,
    again: 0,
  };
  counting = countRows(program, rows);
  let hasEnded = false;
  void program.process.status.then(() => hasEnded = true);
  const running = stack.move();
  return {
    program,
    upstream,
    hostile,
    streams,
    door: { engine: { port, ca: { cert_pem: caPem } } },
    rows,
    lastRow: counting,
    port,
    caPem,
    get hasEnded(): boolean {
      return hasEnded;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

type MutableRowCounts = { -readonly [name in keyof RowCounts]: number };

async function countRows(program: EgressProgram, rows: MutableRowCounts): Promise<void> {
  for (;;) {
    let line: string;
    try {
      line = await program.line();
    } catch {
      return;
    }
    const row = Object(JSON.parse(line));
    const [verdict, path] = [String(row.verdict), String(row.path)];
    rows.all++;
    if (path.startsWith(HOSTILE_PATH)) continue;
    if (row.host === REFUSED_HOST) rows.refused += Number(row.count ?? 1);
    if (verdict === "failed") rows.failed++;
    if (path === MARK_PATH) {
      rows.marks++;
      continue;
    }
    if (verdict !== "blocked") rows.passed++;
    const marks: readonly string[] = row.marks ?? [];
    if (verdict === "blocked" && !marks.includes("sent-in-part")) continue;
    const isAgain = marks.includes("sent-again");
    if (isAgain) rows.again++;
    const times = isAgain ? 2 : 1;
    rows.forwarded += times;
    if (path.startsWith(HIDDEN_PATH)) rows.hidden += times;
  }
}
