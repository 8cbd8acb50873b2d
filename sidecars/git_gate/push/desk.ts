/** Where the hooks of pushes ask: a unix socket that only processes of the gate's own user reach. */

import { GATE_FOLDER, HOOKS_SOCKET } from "../../../lib/git_gate/config.ts";
import type { Mirror } from "../mirror.ts";
import type { OpenPush, PushOpener } from "../open_push.ts";
import type { DeskParts } from "./desk_parts.ts";
import { HeldPacks } from "./held_packs.ts";
import { answerTo } from "./hook_answer.ts";
import { readHookRequest } from "./hook_request.ts";
import { LivePush } from "./live_push.ts";
import { sweepQuarantines } from "./quarantine.ts";

/** Options of {@linkcode openPushDesk}. */
export interface PushDeskOptions
  extends Pick<DeskParts, "scan" | "tellFindings" | "audit" | "onBug"> {
  /** Default {@linkcode HOOKS_SOCKET}. */
  readonly socket?: string;
  /** Where git's traces lie for as long as their pushes; default {@linkcode GATE_FOLDER}. */
  readonly folder?: string;
}

/** A hook says all that it has to say at once. */
const REQUEST_MS = 30_000;

/**
 * Listens from now on. Disposal ends what is open.
 *
 * @throws what the socket throws
 */
export async function openPushDesk(options: PushDeskOptions): Promise<PushDesk> {
  const { socket = HOOKS_SOCKET } = options;
  // One that was killed has left it.
  await Deno.remove(socket).catch(() => {});
  return new PushDesk(options, Deno.listen({ transport: "unix", path: socket }));
}

/** Knows the pushes that are under way, each by an id that only its own git has. */
export class PushDesk implements PushOpener, AsyncDisposable {
  readonly #listener: Deno.UnixListener;
  readonly #parts: DeskParts;
  readonly #socket: string;
  readonly #folder: string;
  readonly #closing = new AbortController();
  readonly #pushes = new Map<string, LivePush>();
  readonly #serving = new Set<Promise<void>>();
  readonly #listening: Promise<void>;

  /** Called by {@linkcode openPushDesk}. */
  constructor(options: PushDeskOptions, listener: Deno.UnixListener) {
    const { scan, tellFindings, audit, onBug } = options;
    this.#parts = {
      ...{ scan, tellFindings, audit, onBug },
      packs: new HeldPacks(),
      noObjects: options.folder ?? GATE_FOLDER,
      closing: this.#closing.signal,
      now: Date.now,
    };
    this.#socket = options.socket ?? HOOKS_SOCKET;
    this.#folder = options.folder ?? GATE_FOLDER;
    this.#listener = listener;
    this.#listening = this.#listen();
  }

  begin(mirror: Mirror, signal: AbortSignal): OpenPush {
    const id = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const traceFile = `${this.#folder}/trace-${id}`;
    const push = new LivePush({
      parts: this.#parts,
      mirror,
      signal: AbortSignal.any([signal, this.#closing.signal]),
      traceFile,
      env: {
        BOT_BOTTLE_PUSH: id,
        BOT_BOTTLE_DESK: this.#socket,
        GIT_TRACE2_EVENT: traceFile,
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "receive.maxInputSize",
        GIT_CONFIG_VALUE_0: String(mirror.repo.rules.max_bytes),
      },
      onOver: () => this.#forget(id, mirror),
    });
    this.#pushes.set(id, push);
    return push;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#listener.close();
    await this.#listening;
    await Promise.all(this.#serving);
  }

  /** Quarantines that are older than all open pushes are nobody's: their git was killed. */
  async #forget(id: string, mirror: Mirror): Promise<void> {
    this.#pushes.delete(id);
    const begins = [...this.#pushes.values()].filter((push) => push.mirror === mirror)
      .map(({ started }) => started);
    try {
      await sweepQuarantines(mirror.folder, Math.min(Date.now(), ...begins));
    } catch (error) {
      this.#parts.onBug(error);
    }
  }

  async #listen(): Promise<void> {
    for await (const conn of this.#listener) {
      const serving = this.#serve(conn).finally(() => this.#serving.delete(serving));
      this.#serving.add(serving);
    }
  }

  async #serve(conn: Deno.Conn): Promise<void> {
    const answer = answerTo(conn);
    try {
      const request = await this.#read(conn);
      const push = request === undefined ? undefined : this.#pushes.get(request.push);
      if (request === undefined || push === undefined) await answer.end("refused");
      else await push.serve(request, answer);
    } catch (error) {
      // A request that is none, or a pipe that broke: both are a hook's that was ended.
      if (!(error instanceof SyntaxError || error instanceof Deno.errors.Interrupted)) {
        this.#parts.onBug(error);
      }
      await answer.end("refused");
    } finally {
      try {
        conn.close();
      } catch {
        // It was too late, and is closed.
      }
    }
  }

  async #read(conn: Deno.Conn): ReturnType<typeof readHookRequest> {
    const late = setTimeout(() => conn.close(), REQUEST_MS);
    try {
      return await readHookRequest(conn);
    } finally {
      clearTimeout(late);
    }
  }
}
