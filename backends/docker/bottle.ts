/** The handle on a bottle that runs in Docker. */

import { packTar } from "../../lib/archive/pack.ts";
import type {
  AgentStart,
  Bottle,
  ExecOptions,
  ExecResult,
  GuestEntry,
  GuestUser,
} from "../../lib/bottle.ts";
import type { ControlClient } from "../../lib/control/client.ts";
import { BottleError } from "../../lib/errors.ts";
import type { BottleEndpoints } from "../../lib/plan/endpoints.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Duplex } from "../../lib/process/run.ts";
import { promptPathOf } from "../../lib/provision/prompt.ts";
import type { Engine } from "../engine/engine.ts";
import { copyOut } from "./copy_out.ts";
import { type EngineCall, type GuestExec, guestExec } from "./guest_exec.ts";
import { killMarked } from "./guest_kill.ts";

/** What {@linkcode DockerBottle} is made of. */
export interface DockerBottleParts {
  readonly engine: Engine;
  readonly plan: BottlePlan;
  readonly endpoints: BottleEndpoints;
  readonly control: ControlClient;
  readonly agentStart: AgentStart;
  /** The guest's variables, for all but `bare` commands; asked for when the first such command runs. */
  readonly guestEnv: () => Readonly<Record<string, string>>;
  /** Whether the person sits at both ends: a terminal would change the bytes of output that goes to a file or a pipe. */
  readonly hasTerminal: boolean;
  /** Ends processes, keeps containers. */
  readonly stop: () => Promise<void>;
  /** Removes everything of the bottle; not called for one that is kept. */
  readonly remove: () => Promise<void>;
}

/** How much of a command's output is kept: {@linkcode ExecResult} has the promise. */
const KEEP_BYTES = 64 * 1024 ** 2;

/** A running bottle. */
export class DockerBottle implements Bottle {
  promptPath: string | null;
  readonly #parts: DockerBottleParts;
  #disposed: Promise<void> | undefined;

  constructor(parts: DockerBottleParts) {
    this.#parts = parts;
    this.promptPath = promptPathOf(parts.plan);
  }

  get plan(): BottlePlan {
    return this.#parts.plan;
  }
  get endpoints(): BottleEndpoints {
    return this.#parts.endpoints;
  }
  get control(): ControlClient {
    return this.#parts.control;
  }
  get agentStart(): AgentStart {
    return this.#parts.agentStart;
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const { stdin, signal, timeoutMs, onLine } = options;
    const result = await this.#started(
      argv,
      options,
      stdin === undefined ? "closed" : "open",
      (call) =>
        this.#parts.engine.raw(call.args, {
          env: call.env,
          keepBytes: KEEP_BYTES,
          ...(stdin === undefined ? {} : { stdin }),
          ...(signal === undefined ? {} : { signal }),
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(onLine === undefined ? {} : { onLine }),
        }),
    );
    const decoder = new TextDecoder();
    return {
      code: result.code,
      stdout: decoder.decode(result.stdout),
      stderr: decoder.decode(result.stderr),
    };
  }

  async attach(
    argv: readonly string[],
    options: Pick<ExecOptions, "user" | "env" | "cwd" | "signal"> = {},
  ): Promise<number> {
    const { signal } = options;
    return await this.#started(
      argv,
      options,
      this.#parts.hasTerminal ? "terminal" : "open",
      (call) =>
        this.#parts.engine.terminal(call.args, {
          env: call.env,
          ...(signal === undefined ? {} : { signal }),
        }),
    );
  }

  stream(
    argv: readonly string[],
    options: Pick<ExecOptions, "user" | "env" | "cwd" | "bare" | "signal"> = {},
  ): Duplex {
    const call = this.#call(argv, options, "open");
    const { signal } = options;
    return this.#parts.engine.duplex(call.args, {
      env: call.env,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async cpIn(entries: readonly GuestEntry[], as: GuestUser, signal?: AbortSignal): Promise<void> {
    const tar = await packTar(entries.map((entry) => {
      if (!entry.path.startsWith("/")) throw new TypeError(`Not an absolute path: "${entry.path}"`);
      const name = entry.path.slice(1);
      return "folder" in entry
        ? { name, mode: entry.mode, folder: true }
        : { name, mode: entry.mode, content: entry.content };
    }));
    const result = await this.exec(UNPACK, {
      user: as,
      stdin: tar,
      bare: true,
      ...(signal === undefined ? {} : { signal }),
    });
    if (result.code === 0) return;
    throw new BottleError(`Cannot copy files into the bottle: "tar" ended with ${result.code}`, {
      code: "copy-failed",
      details: result.stderr.trimEnd().split("\n").slice(-10),
      hint: `The guest needs GNU tar, and places that the user "${as}" can write`,
    });
  }

  async cpOut(path: string, intoFolder: string, signal?: AbortSignal): Promise<void> {
    await copyOut({
      path,
      intoFolder,
      open: (parent, name) => {
        const argv = ["tar", "--create", "--file=-", `--directory=${parent}`, "--", `./${name}`];
        const call = this.#call(argv, { bare: true }, "closed");
        return this.#parts.engine.duplex(call.args, signal === undefined ? {} : { signal });
      },
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async stop(): Promise<void> {
    await this.#parts.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    await this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.#parts.control[Symbol.asyncDispose]();
    if (this.#parts.plan.fields.keep) await this.#parts.stop();
    else await this.#parts.remove();
  }

  /** Makes the call; if its caller gives up, the command in the guest ends too. */
  async #started<T>(
    argv: readonly string[],
    options: Omit<ExecOptions, "stdin" | "onLine">,
    stdin: GuestExec["stdin"],
    start: (call: EngineCall) => Promise<T>,
  ): Promise<T> {
    const isBounded = options.signal !== undefined || options.timeoutMs !== undefined;
    if (!isBounded) return await start(this.#call(argv, options, stdin));
    const mark = crypto.randomUUID();
    try {
      return await start(this.#call(argv, options, stdin, mark));
    } catch (error) {
      const { engine, plan } = this.#parts;
      await killMarked(engine, plan.containerName, options.user ?? "node", mark);
      throw error;
    }
  }

  #call(
    argv: readonly string[],
    options: Pick<ExecOptions, "user" | "env" | "cwd" | "bare">,
    stdin: GuestExec["stdin"],
    mark?: string,
  ): EngineCall {
    const { plan, guestEnv } = this.#parts;
    const user = options.user ?? "node";
    return guestExec({
      container: plan.containerName,
      argv,
      user,
      cwd: options.cwd ?? plan.guestHome,
      home: user === "root" ? "/root" : plan.guestHome,
      env: { ...(options.bare === true ? {} : guestEnv()), ...options.env },
      stdin,
      ...(mark === undefined ? {} : { mark }),
    });
  }
}

/**
 * Owner: whoever unpacks (uid 0 has no capability to give files away). Modes as in the archive, but folders that are
 * there already stay as they are.
 */
const UNPACK = [
  "tar",
  "--extract",
  "--file=-",
  "--directory=/",
  "--no-same-owner",
  "--same-permissions",
  "--no-overwrite-dir",
] as const;
