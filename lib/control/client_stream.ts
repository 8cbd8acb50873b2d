/** The host's {@linkcode ControlClient} over a program's stdin and stdout. */

import type { LedgerRow } from "../egress/audit/audit_row.ts";
import { BottleError } from "../errors.ts";
import type { Duplex } from "../process/run.ts";
import { answers, parseAuditRowNotice } from "./answers.ts";
import type { ControlClient } from "./client.ts";
import { type AuditTailParams, type HostMethods, RpcErrorCode } from "./protocol.ts";
import { RowQueue } from "./row_queue.ts";
import { type RpcCallOptions, RpcError, RpcPeer } from "./rpc.ts";

/** Rows that `audit` gives without a limit and a place to begin at. */
const DEFAULT_LIMIT = 1000;
const MAX_LIMIT = 10_000;
/** How long the program that carries the stream may take to say why it ended, in milliseconds. */
const LAST_WORDS_MS = 500;

/** Makes the client of a stream to init. Disposing it ends the program that carries the stream. */
export function openControl(duplex: Duplex): ControlClient {
  return new StreamClient(duplex);
}

class StreamClient implements ControlClient {
  readonly #duplex: Duplex;
  readonly #peer: RpcPeer;
  readonly #followers = new Map<number, RowQueue>();
  #nextSubscription = 1;

  constructor(duplex: Duplex) {
    this.#duplex = duplex;
    this.#peer = new RpcPeer({
      readable: duplex.readable,
      writable: duplex.writable,
      onNotify: (method, params) => this.#onNotify(method, params),
    });
    void this.#peer.closed.then(async () => {
      const error = await this.#lost();
      for (const follower of this.#followers.values()) follower.end(error);
    });
  }

  get closed(): Promise<void> {
    return this.#peer.closed;
  }

  async call<M extends keyof HostMethods>(
    method: M,
    params: HostMethods[M][0],
    options?: RpcCallOptions,
  ): Promise<HostMethods[M][1]> {
    let answer: unknown;
    try {
      answer = await this.#peer.call(method, params, options);
    } catch (error) {
      if (error instanceof RpcError) throw refused(method, error);
      if (error instanceof BottleError && error.code === "stream-closed") throw await this.#lost();
      throw error;
    }
    return answers[method](answer);
  }

  async *audit(
    params: AuditTailParams,
    signal?: AbortSignal,
  ): AsyncGenerator<LedgerRow, void, void> {
    const subscription = this.#nextSubscription++;
    const queue = new RowQueue();
    const onAbort = (): void => queue.end(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    if (params.follow === true) this.#followers.set(subscription, queue);
    try {
      let last = params.after ?? 0;
      let left = params.limit ?? (params.after === undefined ? DEFAULT_LIMIT : Infinity);
      let answer = await this.#tail({ ...params, subscription }, signal);
      while (true) {
        for (const row of answer.rows) {
          yield row;
          last = row.seq;
        }
        left -= answer.rows.length;
        const isWhole = answer.rows.length === 0 || (left === Infinity ? false : !answer.more);
        if (isWhole || left <= 0) break;
        const limit = Math.min(left, MAX_LIMIT);
        answer = await this.#tail({ ...params, after: last, limit, follow: false }, signal);
      }
      if (params.follow === true) yield* queue.after(Math.max(last, answer.last));
    } finally {
      signal?.removeEventListener("abort", onAbort);
      if (this.#followers.delete(subscription)) {
        void this.#peer.notify("audit.unfollow", { subscription });
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A program that does not read its stdin must not hold us: it is ended while we still try to say goodbye.
    const timer = setTimeout(() => void this.#duplex[Symbol.asyncDispose](), LAST_WORDS_MS);
    await this.#peer.close();
    clearTimeout(timer);
    await this.#duplex[Symbol.asyncDispose]();
  }

  #tail(
    params: AuditTailParams,
    signal: AbortSignal | undefined,
  ): Promise<HostMethods["audit.tail"][1]> {
    return this.call("audit.tail", params, signal === undefined ? {} : { signal });
  }

  #onNotify(method: string, params: unknown): void {
    if (method !== "audit.row") return;
    try {
      const { subscription, row } = parseAuditRowNotice(params);
      this.#followers.get(subscription)?.push(row);
    } catch (error) {
      // Which follower it was for can't be told: a gap in an audit is worse than its end.
      for (const follower of this.#followers.values()) follower.end(error);
    }
  }

  /** Why the stream ended, by the word of the program that carried it; one that lingers is ended. */
  async #lost(): Promise<BottleError> {
    const timer = setTimeout(() => void this.#duplex[Symbol.asyncDispose](), LAST_WORDS_MS);
    const { code, stderr } = await this.#duplex.ended;
    clearTimeout(timer);
    const details = stderr.trim().split("\n").filter((line) => line !== "").slice(-5);
    return new BottleError("The control stream to the bundle ended", {
      code: "control-lost",
      hint: "`bot-bottle list` shows what the bottle is doing, `resume` configures it anew",
      details: details.length > 0 ? details : [`exit code ${code}`],
    });
  }
}

function refused(method: string, error: RpcError): BottleError {
  if (error.code === RpcErrorCode.conflict) {
    return new BottleError(error.message, { code: "control-conflict", cause: error });
  }
  return new BottleError(`The bundle refused "${method}": ${error.message}`, {
    code: "control-refused",
    cause: error,
  });
}
