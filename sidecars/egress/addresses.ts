/** Addresses of names, remembered for moments: a burst of requests is one look-up, and every use is checked anew. */

import type { IpAddress } from "../../lib/egress/address.ts";
import type { Host, HostName } from "../../lib/egress/host.ts";

/** Asks the resolver. */
export type Resolve = (name: HostName, signal: AbortSignal) => Promise<readonly IpAddress[]>;

/** The resolver does not tell how long an answer holds; so short is shorter than any TTL in use. */
const KEPT_MS = 5_000;
const MAX_NAMES = 1_000;

interface Known {
  readonly addresses: readonly IpAddress[];
  readonly until: number;
}

/** Looks names up. */
export class AddressBook {
  readonly #resolve: Resolve;
  readonly #known = new Map<HostName, Known>();

  constructor(resolve: Resolve) {
    this.#resolve = resolve;
  }

  /** The addresses of a host, unchecked. @throws {BottleError} `unresolvable` */
  async lookUp(host: Host, signal: AbortSignal): Promise<readonly IpAddress[]> {
    if (host.kind === "ip") return [host.address];
    const found = await this.#resolve(host.name, signal);
    if (this.#known.size >= MAX_NAMES) this.#known.clear();
    this.#known.set(host.name, { addresses: found, until: performance.now() + KEPT_MS });
    return found;
  }

  /** What is known without asking; undefined: ask. */
  recall(host: Host): readonly IpAddress[] | undefined {
    if (host.kind === "ip") return [host.address];
    const known = this.#known.get(host.name);
    if (known === undefined) return undefined;
    if (known.until > performance.now()) return known.addresses;
    this.#known.delete(host.name);
    return undefined;
  }
}
