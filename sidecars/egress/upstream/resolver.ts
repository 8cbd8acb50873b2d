/** Names to addresses, by the system's resolver: the only place where egress asks for a name. */

import { Resolver } from "node:dns/promises";
import { type IpAddress, parseAddress } from "../../../lib/egress/host/address.ts";
import type { HostName } from "../../../lib/egress/host/host.ts";
import { BottleError } from "../../../lib/errors.ts";

/** One address record. */
export interface AddressRecord {
  readonly address: string;
  /** How long it holds, in seconds. */
  readonly ttl: number;
}

/** Asks the system; tests hand in their own. @throws `Deno.errors.NotFound` where there is no such record */
export type ResolveRecords = (
  name: string,
  type: "A" | "AAAA",
  options: { readonly signal: AbortSignal },
) => Promise<readonly AddressRecord[]>;

/** What a name came to. */
export interface Resolution {
  /** Empty: there are none. */
  readonly addresses: readonly IpAddress[];
  /** How long that holds, in milliseconds: the shortest of all records. */
  readonly ttlMs: number;
}

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
 * hold (tried on Deno 2.9.6).
 * @throws {BottleError} `unresolvable`: no answer in time, or a failure of the resolver
 * @throws the signal's reason, once aborted
 */
export async function resolveHost(
  name: HostName,
  options: ResolveOptions = {},
): Promise<Resolution> {
  const { signal, timeoutMs = TIMEOUT_MS, resolve = askSystem } = options;
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
    if (addresses.length > 0 || failure === undefined) {
      return { addresses, ttlMs: Math.min(answer4.ttlMs, answer6.ttlMs) };
    }
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

/** By `node:dns`: `Deno.resolveDns` does not tell how long an answer holds. One resolver a question, as it cancels all. */
const askSystem: ResolveRecords = async (name, type, { signal }) => {
  const resolver = new Resolver();
  const cancel = (): void => resolver.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    return type === "A"
      ? await resolver.resolve4(name, { ttl: true })
      : await resolver.resolve6(name, { ttl: true });
  } catch (error) {
    if (isNoSuchRecord(error)) throw new Deno.errors.NotFound("No such record");
    throw error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
};

function isNoSuchRecord(error: unknown): boolean {
  return error instanceof Error && "code" in error &&
    (error.code === "ENOTFOUND" || error.code === "ENODATA");
}

interface Answer extends Resolution {
  readonly failure?: unknown;
}

const NOTHING: Answer = { addresses: [], ttlMs: Infinity };

async function query(
  resolve: ResolveRecords,
  name: HostName,
  type: "A" | "AAAA",
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const records = await resolve(`${name}.`, type, { signal });
    // A record that can't be read can't be checked: it is no address to connect to.
    const addresses = records.flatMap(({ address }) => parseAddress(address) ?? []);
    return { addresses, ttlMs: 1_000 * Math.min(...records.map(({ ttl }) => ttl)) };
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? NOTHING : { ...NOTHING, failure: error };
  }
}

async function within(answer: Promise<Answer>, ms: number): Promise<Answer> {
  const late = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => late.resolve(NOTHING), ms);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
