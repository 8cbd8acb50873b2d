/** One daemon under init's eyes: started, configured, started again when it dies. */

import type { DaemonName, DaemonState } from "../../lib/control/protocol.ts";
import { RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError, type RpcHandler, RpcPeer } from "../../lib/control/rpc.ts";
import type { Clock } from "../../lib/context.ts";
import { BottleError } from "../../lib/errors.ts";
import type { DaemonProcess } from "../../lib/process/daemon.ts";
import { nextDelay } from "./backoff.ts";
import type { DaemonLog } from "./daemon_log.ts";

/** What init knows about a daemon. */
export interface DaemonKind {
  readonly name: DaemonName;
  readonly log: DaemonLog;
  /** Starts the process. */
  readonly start: () => DaemonProcess;
  /** Serves the calls to init of the daemon's `life`th life, counted from 1. */
  readonly handlers: (life: number) => Readonly<Record<string, RpcHandler>>;
  /** Hands the daemon its part; resolves when it is ready. */
  readonly configure: (peer: RpcPeer) => Promise<void>;
  /** Of a daemon that starts programs: ends what it left running. Rejects if that can't be done now. */
  readonly endLeftovers?: () => Promise<void>;
}

/** Calls of a daemon that are worked on at once: each may hold a line of 8 MiB, and egress makes one at a time. */
const MAX_CALLS = 4;
/** How long a daemon may take to end by itself, in milliseconds, before TERM, and before KILL. */
const SHUTDOWN_MS = 3000;
const TERM_MS = 1000;

/** A daemon that is kept running. */
export class SupervisedDaemon {
  readonly #kind: DaemonKind;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  #state: DaemonState["state"] = "starting";
  #starts = 0;
  #hasLeftovers = false;
  #peer: RpcPeer | undefined;
  #running: Promise<void> = Promise.resolve();
  #end: () => Promise<void> = () => Promise.resolve();

  constructor(kind: DaemonKind, clock: Clock) {
    this.#kind = kind;
    this.#clock = clock;
  }

  /** How it is, for `ready`. */
  get state(): DaemonState {
    return {
      name: this.#kind.name,
      state: this.#state,
      restarts: Math.max(0, this.#starts - 1),
      log: this.#kind.log.lines,
    };
  }

  /** The stream to it. @throws {RpcError} `notReady` while it is down */
  get peer(): RpcPeer {
    if (this.#state !== "ready" || this.#peer === undefined) {
      throw new RpcError(RpcErrorCode.notReady, `"${this.#kind.name}" is ${this.#state}`);
    }
    return this.#peer;
  }

  /**
   * The first start, which nobody repeats: resolves when the daemon is ready; from then on it is kept running.
   *
   * @throws {RpcError} `refused`, with the daemon's own word
   */
  async start(): Promise<void> {
    const life = await this.#begin();
    if (life.failure !== undefined) {
      this.#state = "stopped";
      throw new RpcError(
        RpcErrorCode.refused,
        `"${this.#kind.name}" did not start: ${life.failure}`,
      );
    }
    this.#running = this.#keepRunning(life.ended);
  }

  /** Lets it end by itself, ends it if it does not; never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const limit = new AbortController();
    await Promise.race([this.#ask(), this.#clock.sleep(SHUTDOWN_MS, limit.signal)]);
    limit.abort();
    await this.#end();
    await this.#running;
    this.#state = "stopped";
  }

  /** Asks it to end; resolves when it has closed its stream, or can't be asked. */
  async #ask(): Promise<void> {
    try {
      await this.#peer?.call("shutdown", null);
      await this.#peer?.closed;
    } catch {
      // Gone already, or broken: it is ended by force.
    }
  }

  async #keepRunning(firstLife: Promise<void>): Promise<void> {
    let ended = firstLife;
    let delayMs: number | null = null;
    while (true) {
      const since = this.#clock.now().getTime();
      await ended;
      if (this.#stopping.signal.aborted) return;
      delayMs = nextDelay(delayMs, this.#clock.now().getTime() - since);
      this.#state = "backing-off";
      await this.#clock.sleep(delayMs, this.#stopping.signal).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      ended = (await this.#begin()).ended;
    }
  }

  /** One life, up to where it is ready or has failed to be. */
  async #begin(): Promise<{ readonly ended: Promise<void>; readonly failure?: string }> {
    this.#state = "starting";
    this.#starts++;
    const { log } = this.#kind;
    if (this.#hasLeftovers) await this.#endLeftovers();
    if (this.#hasLeftovers) {
      return { ended: Promise.resolve(), failure: "What it left running could not be ended" };
    }
    let process: DaemonProcess;
    try {
      process = this.#kind.start();
    } catch (error) {
      const failure = log.add(`cannot start: ${error instanceof Error ? error.message : "?"}`);
      return { ended: Promise.resolve(), failure };
    }
    const peer = new RpcPeer({
      ...process,
      handlers: this.#kind.handlers(this.#starts),
      maxInFlight: MAX_CALLS,
    });
    this.#peer = peer;
    this.#end = () => process.stop(TERM_MS);
    const ended = this.#watch(process, peer);
    try {
      await this.#kind.configure(peer);
    } catch (error) {
      const failure = log.add(wordOf(error));
      await process.stop(TERM_MS);
      return { ended, failure };
    }
    if (!peer.isClosed) this.#state = "ready";
    return { ended };
  }

  /** Resolves when the process is gone, and what it started. One that closed its stream serves nobody: it is ended. */
  async #watch(process: DaemonProcess, peer: RpcPeer): Promise<void> {
    await peer.closed;
    if (this.#state === "ready") this.#state = "stopped";
    await process.stop(TERM_MS);
    await peer.close();
    const { code, signal } = await process.ended;
    this.#kind.log.add(`ended with ${signal ?? `exit code ${code}`}`);
    await this.#endLeftovers();
  }

  /** A program that outlived its daemon would go on with what nobody answers for, and beside that of the next life. */
  async #endLeftovers(): Promise<void> {
    try {
      await this.#kind.endLeftovers?.();
      this.#hasLeftovers = false;
    } catch (error) {
      this.#hasLeftovers = true;
      this.#kind.log.add(`cannot end what it left running: ${wordOf(error)}`);
    }
  }
}

function wordOf(error: unknown): string {
  if (error instanceof RpcError || error instanceof BottleError) return error.message;
  return error instanceof Error ? error.name : "unknown error";
}
