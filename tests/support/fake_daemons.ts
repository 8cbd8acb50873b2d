/** Daemons in memory, for tests of init: they speak the protocol, die when told, and remember what they got. */

import type { DaemonName } from "../../lib/control/protocol.ts";
import { type RpcHandler, RpcPeer } from "../../lib/control/rpc.ts";
import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import type { DaemonExit, DaemonProcess } from "../../lib/process/daemon.ts";
import type { StartOptions } from "../../sidecars/init/daemons.ts";
import { streamPair } from "./streams.ts";

/** One life of a fake daemon. */
export interface FakeLife {
  readonly name: DaemonName;
  readonly peer: RpcPeer;
  /** Parameters of `configure`, when they came. */
  readonly configured: Promise<unknown>;
  readonly say: (line: string) => void;
  /** Where it was let listen. */
  readonly listen: string | undefined;
  /** As `kill -9`. */
  readonly kill: () => void;
}

/** What init starts, in order. */
export interface FakeDaemons {
  readonly lives: FakeLife[];
  readonly start: (name: DaemonName, options: StartOptions) => DaemonProcess;
  /** Notes a call of it. */
  readonly endLeftovers: (name: DaemonName) => Promise<void>;
  /** Calls of `endLeftovers`; as long as it is not undefined each is refused with `refusal`. */
  readonly leftovers: { calls: DaemonName[]; refusal?: string | undefined };
  /** Rows that the fake ledger has. */
  readonly rows: LedgerRow[];
  /** Replaces handlers of lives that begin from now on. */
  readonly override: Partial<Record<DaemonName, Record<string, RpcHandler>>>;
  /** Resolves when the `count`th life of a daemon is configured. */
  life(name: DaemonName, count: number): Promise<FakeLife>;
}

/** The CA that a fake egress makes: its second life would make another, if it were let. */
export function fakeCa(life: number): { readonly cert_pem: string; readonly key_pem: string } {
  return { cert_pem: `cert ${life}`, key_pem: `-----BEGIN\nsecretkeyline${life}\n-----END` };
}

/** Makes them. */
export function fakeDaemons(): FakeDaemons {
  const lives: FakeLife[] = [];
  const rows: LedgerRow[] = [];
  const override: FakeDaemons["override"] = {};
  const servedBy: Readonly<Record<DaemonName, (life: number) => Record<string, RpcHandler>>> = {
    "git-gate": () => ({ "configure": () => Promise.resolve({}) }),
    supervise: () => ({
      "configure": () => Promise.resolve({ last: rows.length }),
      "audit.append": (params) => Promise.resolve({ last: appendTo(rows, params) }),
      "audit.tail": (params) => Promise.resolve(tailOf(rows, params)),
    }),
    egress: (life) => ({
      "configure": (params) => {
        const given: unknown = Object(params).ca;
        return Promise.resolve({ ca: given ?? fakeCa(life), ca_sha256: `sha ${life}` });
      },
      "stats": () =>
        Promise.resolve({
          requests: 5,
          blocked: 4,
          failed: 3,
          bytes_up: 2,
          bytes_down: 1,
          open_connections: 0,
        }),
    }),
  };
  const leftovers: FakeDaemons["leftovers"] = { calls: [] };
  const endLeftovers = (name: DaemonName): Promise<void> => {
    leftovers.calls.push(name);
    return leftovers.refusal === undefined
      ? Promise.resolve()
      : Promise.reject(new Error(leftovers.refusal));
  };
  const start: FakeDaemons["start"] = (name, { onStderr, listen }) => {
    const [near, far, cut] = streamPair();
    const count = lives.filter((life) => life.name === name).length + 1;
    const configured = Promise.withResolvers<unknown>();
    const ended = Promise.withResolvers<DaemonExit>();
    const handlers = { ...servedBy[name](count), ...override[name] };
    const peer = new RpcPeer({
      ...far,
      handlers: {
        ...handlers,
        "configure": (params) => {
          configured.resolve(params);
          return handlers.configure?.(params) ?? Promise.resolve(null);
        },
        "shutdown": () => {
          queueMicrotask(() => void end({ code: 0, signal: null }));
          return Promise.resolve(null);
        },
      },
    });
    const end = async (exit: DaemonExit): Promise<void> => {
      await peer.close();
      ended.resolve(exit);
    };
    const kill = (): void => {
      cut();
      ended.resolve({ code: 137, signal: "SIGKILL" });
    };
    const stop = (): Promise<void> => Promise.resolve(kill());
    lives.push({ name, peer, configured: configured.promise, say: onStderr, kill, listen });
    return { pid: lives.length, ...near, ended: ended.promise, stop };
  };
  return {
    lives,
    rows,
    override,
    start,
    endLeftovers,
    leftovers,
    life: async (name, count) => {
      while (true) {
        const found = lives.filter((life) => life.name === name)[count - 1];
        if (found !== undefined) {
          await found.configured;
          return found;
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}

function appendTo(rows: LedgerRow[], params: unknown): number {
  const given: unknown = Object(params).rows;
  for (const row of Array.isArray(given) ? given : []) {
    rows.push({ seq: rows.length + 1, row, hash: "f".repeat(64) });
  }
  return rows.length;
}

function tailOf(rows: readonly LedgerRow[], params: unknown): unknown {
  const { after = 0, limit = 1000 } = Object(params);
  const found = rows.filter(({ seq }) => seq > after).slice(0, limit);
  return { rows: found, last: rows.length, more: false };
}
