/** One request through `git http-backend`: its body streams in, the answer streams out, and both have to get on. */

import { type CgiHead, CgiHeadReader } from "../../lib/git_gate/cgi_head.ts";
import type { Streamed } from "../../lib/process/streamed.ts";
import type { GitRunner } from "./git.ts";
import type { PushEnd } from "./open_push.ts";
import { Watch } from "./watch.ts";

/** Options of {@linkcode serveBackend}. */
export interface BackendOptions {
  readonly runner: GitRunner;
  /** Of http-backend. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: it reads nothing. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The client is gone, or the gate ends. */
  readonly signal: AbortSignal;
  /** Called once, when http-backend is gone; the answer's end waits for it. */
  readonly onEnd: (end: PushEnd) => Promise<void>;
}

/** git-gate.md: "idle 15 s". Both of the client's directions. */
const CLIENT_IDLE_MS = 15_000;
/** http-backend itself: where git computes for long it sends something every 5 s to those who understand it. */
const GIT_IDLE_MS = 60_000;

/**
 * Resolves with the answer when its head is there. Whatever ends the request ends the whole group of processes.
 *
 * @throws {SyntaxError} http-backend gave no answer; whatever is thrown, `onEnd` has been called
 */
export async function serveBackend(options: BackendOptions): Promise<Response> {
  const running = await start(options);
  const exchange = new Exchange(running, options);
  const head = await exchange.start();
  return new Response(exchange.readable(head.rest), {
    status: head.status,
    headers: head.headers.map(([name, value]): [string, string] => [name, value]),
  });
}

/** The bundle may have no process left to give. */
async function start({ runner, env, onEnd }: BackendOptions): Promise<Streamed> {
  try {
    return runner.start(["http-backend"], { env });
  } catch (error) {
    await onEnd({ code: 1, isCut: false, stderr: "" });
    throw error;
  }
}

class Exchange {
  readonly #running: Streamed;
  readonly #options: BackendOptions;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #git = new Watch(GIT_IDLE_MS, () => void this.#cut());
  readonly #client = new Watch(CLIENT_IDLE_MS, () => void this.#cut());
  readonly #upload = new Watch(CLIENT_IDLE_MS, () => void this.#cut());
  readonly #onGone = (): void => void this.#cut();
  #isCut = false;
  #fed: Promise<void> = Promise.resolve();
  #ending: Promise<void> | undefined;

  constructor(running: Streamed, options: BackendOptions) {
    this.#running = running;
    this.#options = options;
    this.#reader = running.stdout.getReader();
    options.signal.addEventListener("abort", this.#onGone);
    if (options.signal.aborted) void this.#cut();
  }

  /** Begins to feed it, and reads the head of its answer. */
  async start(): Promise<CgiHead> {
    this.#fed = this.#feed();
    const reader = new CgiHeadReader();
    try {
      for (;;) {
        const piece = await this.#read();
        if (piece === undefined) throw new SyntaxError("No answer");
        const head = reader.push(piece);
        if (head !== undefined) return head;
      }
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /**
   * The rest of the answer. While nobody takes what is there nothing more is read, and git waits. One that is cut ends as if
   * it were whole: git's own protocol says where a pack ends, and an error here would be a line of the daemon's log.
   */
  readable(first: Uint8Array): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        if (first.length > 0) controller.enqueue(first);
      },
      pull: async (controller) => {
        this.#client.stop();
        const piece = await this.#read();
        if (piece === undefined) {
          await this.#end();
          controller.close();
          return;
        }
        controller.enqueue(piece);
        this.#client.start();
      },
      cancel: () => this.#cut(),
    }, { highWaterMark: 1 });
  }

  async #read(): Promise<Uint8Array | undefined> {
    this.#git.start();
    try {
      const { done, value } = await this.#reader.read();
      return done ? undefined : value;
    } finally {
      this.#git.stop();
    }
  }

  /** What git does not want any more is no error: it has said why, or its exit code will. */
  async #feed(): Promise<void> {
    const writer = this.#running.stdin.getWriter();
    const reader = this.#options.body?.getReader();
    try {
      for (let piece = await this.#take(reader); piece; piece = await this.#take(reader)) {
        await writer.write(piece);
        // As long as it takes what comes it need not say anything.
        this.#git.again();
      }
      await writer.close();
    } catch {
      await writer.abort().catch(() => {});
    } finally {
      await reader?.cancel().catch(() => {});
    }
  }

  /** The next piece of the body. One that breaks off ends the exchange. */
  async #take(
    reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  ): Promise<Uint8Array | undefined> {
    if (reader === undefined) return undefined;
    this.#upload.start();
    try {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    } catch (error) {
      void this.#cut();
      throw error;
    } finally {
      this.#upload.stop();
    }
  }

  /** Also where nobody will ever take or give anything again. */
  #cut(): Promise<void> {
    this.#isCut = true;
    void this.#running.stop();
    void this.#reader.cancel().catch(() => {});
    return this.#end();
  }

  #end(): Promise<void> {
    return this.#ending ??= this.#finish();
  }

  async #finish(): Promise<void> {
    for (const watch of [this.#git, this.#client, this.#upload]) watch.stop();
    if (!this.#isCut) await this.#fed;
    const { code, stderr } = await this.#running.ended;
    this.#client.stop();
    this.#options.signal.removeEventListener("abort", this.#onGone);
    await this.#options.onEnd({ code, isCut: this.#isCut, stderr });
  }
}
