/** The state of a bundle: shut until it is configured, then its daemons and what flows between them. */

import {
  type AuditTailResult,
  type ConfigureResult,
  type DaemonName,
  type ReadyResult,
  RpcErrorCode,
  type StatsResult,
} from "../../lib/control/protocol.ts";
import { parseByteWish, parseGrantedBytes } from "../../lib/control/byte_wish.ts";
import { parseAuditTailResult } from "../../lib/control/answers.ts";
import { RpcError, type RpcPeer } from "../../lib/control/rpc.ts";
import { readCount, readList, readShape, readText } from "../../lib/control/shape.ts";
import type { Clock } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";
import type { DaemonProcess } from "../../lib/process/daemon.ts";
import { DaemonLog } from "./daemon_log.ts";
import type { StartOptions } from "./daemons.ts";
import { type GatePart, type Parts, pemLines, splitDocument } from "./document.ts";
import type { Follower, TailQuery } from "./followers.ts";
import { KeptRoutes, MAX_ROUTES } from "./routes.ts";
import { SupervisedDaemon } from "./supervised.ts";
import type { CertificateAuthority } from "../../lib/egress/config.ts";
import type { GrantedBytes } from "../../lib/egress/route/route_limits.ts";

/** How a bundle touches the outside. */
export interface BundleOptions {
  readonly start: (name: DaemonName, options: StartOptions) => DaemonProcess;
  /** Ends what a daemon that is gone left running. */
  readonly endLeftovers: (name: DaemonName) => Promise<void>;
  readonly clock: Clock;
  /** Distinguishes this life of init: rows are numbered within it. */
  readonly bootId: string;
  /** Gets the daemons' log lines. */
  readonly onLog: (line: string) => void;
}

/** How long a daemon may take to get ready, in milliseconds. */
const CONFIGURE_MS = 15_000;
/** How long the ledger may take over a batch, in milliseconds, before its sender is told to hold the rows. */
const APPEND_MS = 10_000;

/** How long egress may take over a change of its routes, in milliseconds. */
const ROUTES_MS = 10_000;

/** What the control channel serves, without the channel. */
export class Bundle {
  readonly followers = new Set<Follower>();
  /** What may be reached. */
  readonly routes = new KeptRoutes((routes, revision) => this.#tellEgress(routes, revision));
  readonly #options: BundleOptions;
  readonly #logs: Readonly<Record<DaemonName, DaemonLog>>;
  #daemons: ReadonlyMap<DaemonName, SupervisedDaemon> | undefined;
  #isConfigured = false;
  #last = 0;
  /** Why the ledger took no rows the last time; undefined: it took them. */
  #refusal: string | undefined;
  #ca: { readonly value: CertificateAuthority; readonly sha256: string } | undefined;

  constructor(options: BundleOptions) {
    this.#options = options;
    const log = (name: DaemonName): DaemonLog =>
      new DaemonLog((line) => options.onLog(`${name}: ${line}`));
    this.#logs = {
      egress: log("egress"),
      "git-gate": log("git-gate"),
      supervise: log("supervise"),
    };
  }

  /**
   * Starts the daemons, once in a bundle's life: a configuration that failed is not tried again.
   *
   * @throws {RpcError} `alreadyConfigured`; `refused` with the daemon's word, and nothing is left running
   */
  async configure(params: unknown): Promise<ConfigureResult> {
    if (this.#daemons !== undefined) {
      throw new RpcError(RpcErrorCode.alreadyConfigured, "The bundle is configured already");
    }
    const parts = splitDocument(params);
    for (const log of Object.values(this.#logs)) log.hide(parts.secrets);
    const { gitGate } = parts;
    this.#daemons = new Map([
      ["supervise", this.#supervise(parts)],
      ["egress", this.#egress(parts)],
      ...(gitGate === null ? [] : [["git-gate", this.#gitGate(gitGate)] as const]),
    ]);
    const started = await Promise.allSettled(
      [...this.#daemons.values()].map((daemon) => daemon.start()),
    );
    const failed = started.find((start) => start.status === "rejected");
    if (failed !== undefined) {
      await this.shutdown();
      throw failed.reason;
    }
    if (this.#ca === undefined) throw new RpcError(RpcErrorCode.internal, "Egress made no CA");
    this.routes.begin(readList(parts.egress, "routes", MAX_ROUTES));
    this.#isConfigured = true;
    return { ca_pem: this.#ca.value.cert_pem, ca_sha256: this.#ca.sha256 };
  }

  /** How it is; never throws. */
  ready(): ReadyResult {
    const daemons = [...this.#daemons?.values() ?? []].map(({ state }) => state);
    return {
      configured: this.#isConfigured,
      ready: this.#isConfigured && daemons.every((daemon) => daemon.state === "ready"),
      daemons,
      configuration: this.#isConfigured && this.#ca !== undefined
        ? { ca_pem: this.#ca.value.cert_pem, ca_sha256: this.#ca.sha256 }
        : null,
    };
  }

  /** @throws {RpcError} `notReady` while egress is down */
  async stats(): Promise<StatsResult> {
    const shape = readShape(await this.#peer("egress").call("stats", null), "stats");
    return {
      requests: readCount(shape, "requests"),
      blocked: readCount(shape, "blocked"),
      failed: readCount(shape, "failed"),
      bytes_up: readCount(shape, "bytes_up"),
      bytes_down: readCount(shape, "bytes_down"),
      open_connections: readCount(shape, "open_connections"),
      rows: this.#last,
    };
  }

  /** @throws {RpcError} `notReady` while the ledger is down */
  async tail(query: TailQuery): Promise<AuditTailResult> {
    return parseAuditTailResult(await this.#peer("supervise").call("audit.tail", query));
  }

  /** Ends egress and git-gate, whose last rows still reach the ledger, then the ledger. */
  async shutdown(): Promise<void> {
    await Promise.all(
      (["egress", "git-gate"] as const).map((name) => this.#daemons?.get(name)?.stop()),
    );
    await this.#daemons?.get("supervise")?.stop();
    for (const follower of this.followers) follower.stop();
  }

  #supervise(parts: Parts): SupervisedDaemon {
    const log = this.#logs.supervise;
    return new SupervisedDaemon({
      name: "supervise",
      log,
      start: () => this.#options.start("supervise", { onStderr: (line) => log.add(line) }),
      handlers: () => ({}),
      configure: async (peer) => {
        const answer = await peer.call("configure", parts.ledger, { timeoutMs: CONFIGURE_MS });
        this.#last = readCount(readShape(answer, "configure"), "last");
      },
    }, this.#options.clock);
  }

  #egress(parts: Parts): SupervisedDaemon {
    const log = this.#logs.egress;
    return new SupervisedDaemon({
      name: "egress",
      log,
      start: () => this.#options.start("egress", { onStderr: (line) => log.add(line) }),
      handlers: (life) => ({
        "audit.append": (params) => this.#append(params, `${this.#options.bootId}.${life}`),
        "bytes.reserve": (params) => this.#reserve(params),
      }),
      configure: (peer) => this.#configureEgress(peer, parts),
    }, this.#options.clock);
  }

  #gitGate({ config, listen }: GatePart): SupervisedDaemon {
    const log = this.#logs["git-gate"];
    return new SupervisedDaemon({
      name: "git-gate",
      log,
      start: () => this.#options.start("git-gate", { onStderr: (line) => log.add(line), listen }),
      handlers: (life) => ({
        "audit.append": (params) =>
          this.#append(params, `${this.#options.bootId}.git-gate.${life}`),
      }),
      configure: async (peer) => {
        await peer.call("configure", config, { timeoutMs: CONFIGURE_MS });
      },
      endLeftovers: () => this.#options.endLeftovers("git-gate"),
    }, this.#options.clock);
  }

  /** The CA is made by the first egress; each later one gets it back, and the routes that were accepted last. */
  async #configureEgress(peer: RpcPeer, parts: Parts): Promise<void> {
    const { routes = parts.egress.routes } = this.routes;
    const config = this.#ca === undefined
      ? parts.egress
      : { ...parts.egress, routes, ca: this.#ca.value };
    const answer = readShape(
      await peer.call("configure", config, { timeoutMs: CONFIGURE_MS }),
      "configure",
    );
    const ca = readShape(answer.ca, "ca");
    this.#ca ??= {
      value: {
        cert_pem: readText(ca, "cert_pem", 16 * 1024),
        key_pem: readText(ca, "key_pem", 16 * 1024),
      },
      sha256: readText(answer, "ca_sha256", 64),
    };
    const secrets = [...parts.secrets, ...pemLines(this.#ca.value.key_pem)];
    for (const log of Object.values(this.#logs)) log.hide(secrets);
  }

  async #tellEgress(routes: readonly unknown[], revision: number): Promise<void> {
    const peer = this.#peer("egress");
    try {
      await peer.call("routes.put", { routes, revision }, { timeoutMs: ROUTES_MS });
    } catch (error) {
      if (!(error instanceof BottleError)) throw error;
      // It may have swapped them all the same: started anew, it has the routes that we have.
      void peer.close();
      throw new RpcError(RpcErrorCode.notReady, error.message);
    }
  }

  async #append(params: unknown, source: string): Promise<{ readonly last: number }> {
    const rows = { ...readShape(params, "audit.append"), source };
    let answer: unknown;
    try {
      answer = await this.#peer("supervise").call("audit.append", rows, { timeoutMs: APPEND_MS });
    } catch (error) {
      if (error instanceof BottleError) throw new RpcError(RpcErrorCode.notReady, error.message);
      if (error instanceof RpcError) this.#tellRefusal(error);
      throw error;
    }
    this.#refusal = undefined;
    const last = readCount(readShape(answer, "audit.append"), "last");
    this.#last = Math.max(this.#last, last);
    for (const follower of this.followers) follower.wake();
    return { last };
  }

  async #reserve(params: unknown): Promise<GrantedBytes> {
    try {
      const supervise = this.#peer("supervise");
      const wish = parseByteWish(params);
      return parseGrantedBytes(
        await supervise.call("bytes.reserve", wish, { timeoutMs: APPEND_MS }),
      );
    } catch (error) {
      if (error instanceof BottleError) throw new RpcError(RpcErrorCode.notReady, error.message);
      if (error instanceof RpcError) this.#tellRefusal(error);
      throw error;
    }
  }

  /** Once: egress asks again twice a second, and without this nobody would see why nothing passes. */
  #tellRefusal({ code, message }: RpcError): void {
    if (code !== RpcErrorCode.refused || message === this.#refusal) return;
    this.#refusal = message;
    this.#logs.supervise.add(message);
  }

  #peer(name: DaemonName): RpcPeer {
    const daemon = this.#daemons?.get(name);
    if (daemon === undefined) {
      throw new RpcError(RpcErrorCode.notReady, "The bundle is not configured");
    }
    return daemon.peer;
  }
}
