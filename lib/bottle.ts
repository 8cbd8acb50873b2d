/** The handle on a running bottle: all that provisioning, commands and library users get to see of a backend. */

import type { ControlClient } from "./control/client.ts";
import type { BottleEndpoints } from "./plan/endpoints.ts";
import type { BottlePlan } from "./plan/plan.ts";
import type { Duplex } from "./process/run.ts";

/** Who a command runs as in the guest. `root` is uid 0 without any capability: it can't write node's home. */
export type GuestUser = "node" | "root";

/** Options of {@linkcode Bottle.exec}. */
export interface ExecOptions {
  /** Default node, with HOME and USER set. */
  readonly user?: GuestUser;
  /** Added to the guest's environment; values travel outside the argv. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default the guest's home. */
  readonly cwd?: string;
  /** What the command reads; nothing unless told. */
  readonly stdin?: string | Uint8Array | ReadableStream<Uint8Array>;
  /** Called with each whole line as it comes. */
  readonly onLine?: (line: string, from: "stdout" | "stderr") => void;
  /** Ends the call, which then rejects with the reason. */
  readonly signal?: AbortSignal;
  /** Ends the call after so many milliseconds; rejects with a `BottleError` of code `timeout`. */
  readonly timeoutMs?: number;
  /** Leave out the table of proxy and CA variables: provisioning does. Default false. */
  readonly bare?: boolean;
}

/** What a command left. */
export interface ExecResult {
  /** Exit code. */
  readonly code: number;
  /** As UTF-8: the first 64 MiB. A guest that prints without end must not fill the host's memory. */
  readonly stdout: string;
  /** As UTF-8: the first 64 MiB. */
  readonly stderr: string;
}

/** A file, folder or link for the guest; the owner is whoever unpacks it. */
export type GuestEntry =
  | { readonly path: string; readonly mode: number; readonly content: Uint8Array | string }
  | { readonly path: string; readonly mode: number; readonly folder: true };

/** One start of the agent's container. Each has a network namespace of its own, and the launch has sealed that of one. */
export interface AgentStart {
  /** The engine's name for the container. */
  readonly container: string;
  /** When it was started, as the engine writes it. */
  readonly startedAt: string;
}

/** A running bottle. `await using` it: disposal stops and removes it, unless it was started to be kept. */
export interface Bottle extends AsyncDisposable {
  /** What it was launched from. */
  readonly plan: BottlePlan;
  /** Where the agent finds its peers. */
  readonly endpoints: BottleEndpoints;
  /** Which start of the agent's container this is the handle on. */
  readonly agentStart: AgentStart;
  /** The channel to its bundle. */
  readonly control: ControlClient;
  /** Where the prompt lies in the guest; null if it is empty. Set by provisioning. */
  promptPath: string | null;
  /** Runs a command in the guest to its end. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /**
   * Starts a command in the guest and hands over its stdin and stdout as streams: for what doesn't fit into memory.
   * Disposing it ends the command. What it prints is the guest's word: hostile.
   */
  stream(
    argv: readonly string[],
    options?: Pick<ExecOptions, "user" | "env" | "cwd" | "bare" | "signal">,
  ): Duplex;
  /** Gives a command in the guest the person's terminal; returns its exit code. */
  attach(
    argv: readonly string[],
    options?: Pick<ExecOptions, "user" | "env" | "cwd" | "signal">,
  ): Promise<number>;
  /** Puts files into the guest with one call, as one tar: absolute paths, missing folders made with 0755. */
  cpIn(entries: readonly GuestEntry[], as: GuestUser, signal?: AbortSignal): Promise<void>;
  /**
   * Brings a file or tree out of the guest into an existing folder of the host. Links are kept only if they point
   * inside; devices, absolute names and `..` are refused. @throws {BottleError} `archive-unsafe`
   */
  cpOut(path: string, intoFolder: string, signal?: AbortSignal): Promise<void>;
  /** Ends the processes, keeps the containers: `resume` works. */
  stop(): Promise<void>;
}
