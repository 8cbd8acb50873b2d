/** The routes that egress was told, kept for an egress that is started again. */

import { RpcErrorCode } from "../../lib/control/protocol.ts";
import { RpcError } from "../../lib/control/rpc.ts";
import { readCount, readList, readShape } from "../../lib/control/shape.ts";

/** How egress is told; resolves when they are in force. */
export type TellEgress = (routes: readonly unknown[], revision: number) => Promise<void>;

/** As `egressConfigSchema` has it. */
export const MAX_ROUTES = 4_096;

/**
 * One change after the other. What a route is egress judges: here a list of them has a number, and takes the place of the
 * last only when egress has acknowledged it.
 */
export class KeptRoutes {
  readonly #tell: TellEgress;
  #routes: readonly unknown[] | undefined;
  #revision = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(tell: TellEgress) {
    this.#tell = tell;
  }

  /** Undefined before {@linkcode KeptRoutes.begin}. */
  get routes(): readonly unknown[] | undefined {
    return this.#routes;
  }

  /** The bundle is configured. */
  begin(routes: readonly unknown[]): void {
    this.#routes = routes;
    this.#revision = 1;
  }

  /** @throws {RpcError} `notReady` */
  get(): { readonly routes: readonly unknown[]; readonly revision: number } {
    if (this.#routes === undefined) throw notConfigured();
    return { routes: this.#routes, revision: this.#revision };
  }

  /**
   * @throws {RpcError} `notReady` while egress is down, `conflict`, or egress's refusal
   * @throws {BottleError} `shape-invalid`; whatever is thrown, nothing has changed
   */
  put(params: unknown): Promise<{ readonly revision: number }> {
    const done = this.#last.then(() => this.#put(params));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #put(params: unknown): Promise<{ readonly revision: number }> {
    if (this.#routes === undefined) throw notConfigured();
    const shape = readShape(params, "routes.put");
    const routes = readList(shape, "routes", MAX_ROUTES);
    const expected = readCount(shape, "expected_revision");
    if (expected !== this.#revision) {
      throw new RpcError(
        RpcErrorCode.conflict,
        `The routes have changed since revision ${expected}: they are at ${this.#revision}`,
      );
    }
    const revision = this.#revision + 1;
    await this.#tell(routes, revision);
    this.#routes = routes;
    this.#revision = revision;
    return { revision };
  }
}

function notConfigured(): RpcError {
  return new RpcError(RpcErrorCode.notReady, "The bundle is not configured");
}
