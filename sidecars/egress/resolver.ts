/** Names to addresses, by the system's resolver: the only place where egress asks for a name. */

import { type IpAddress, parseAddress } from "../../lib/egress/address.ts";
import type { HostName } from "../../lib/egress/host.ts";
import { BottleError } from "../../lib/errors.ts";

/** `Deno.resolveDns`, as far as it is used; tests hand in their own. */
export type ResolveRecords = (
  name: string,
  type: "A" | "AAAA",
  options: { readonly signal: AbortSignal },
) => Promise<string[]>;

/** What {@linkcode resolveHost} takes besides the name. */
export interface ResolveOptions {
  readonly signal?: AbortSignal;
  /** Default 5,000. */
  readonly timeoutMs?: number;
  readonly resolve?: ResolveRecords;
}

const TIMEOUT_MS = 5_000;
/** RFC 8305, section 3: how long an answer of one family waits for the other's. */
const SECOND_FAMILY_MS = 50;

/**
 * Asks once for both families. A first, then AAAA, as a bundle's network is an IPv4 one; empty if there are none.
 * The name goes out as an absolute one, so that no search domain is tried; `/etc/hosts` and an engine's aliases
 * hold (`node:dns` finds neither by an absolute name: tried on Deno 2.9.6).
 * @throws {BottleError} `unresolvable`: no answer in time, or a failure of the resolver
 * @throws the signal's reason, once aborted
 */
export async function resolveHost(
  name: HostName,
  options: ResolveOptions = {},
): Promise<readonly IpAddress[]> {
  const { signal, timeoutMs = TIMEOUT_MS, resolve = Deno.resolveDns } = options;
  signal?.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  const ask = (type: "A" | "AAAA"): Promise<Answer> => query(resolve, name, type, either);
  try {
    const wanted4 = ask("A");
    const wanted6 = ask("AAAA");
    const answer4 = await wanted4;
    const answer6 = answer4.addresses.length > 0
      ? await within(wanted6, SECOND_FAMILY_MS)
      : await wanted6;
    signal?.throwIfAborted();
    const addresses = [...answer4.addresses, ...answer6.addresses];
    const failure = answer4.failure ?? answer6.failure;
    if (addresses.length > 0 || failure === undefined) return addresses;
    throw new BottleError(`Cannot resolve "${name}"`, {
      code: "unresolvable",
      hint: deadline.signal.aborted
        ? `The resolver did not answer within ${timeoutMs} ms`
        : "The resolver failed",
      cause: failure,
    });
  } finally {
    clearTimeout(timer);
    deadline.abort();
  }
}

interface Answer {
  readonly addresses: readonly IpAddress[];
  readonly failure?: unknown;
}

async function query(
  resolve: ResolveRecords,
  name: HostName,
  type: "A" | "AAAA",
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const texts = await resolve(`${name}.`, type, { signal });
    // A record that can't be read can't be checked: it is no address to connect to.
    return { addresses: texts.map(parseAddress).filter((address) => address !== undefined) };
  } catch (error) {
    return error instanceof Deno.errors.NotFound
      ? { addresses: [] }
      : { addresses: [], failure: error };
  }
}

async function within(answer: Promise<Answer>, ms: number): Promise<Answer> {
  const late = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => late.resolve({ addresses: [] }), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
