/** Whether the addresses that a name resolved to may be connected to. */

import { classifyAddress, unwrapAddress } from "./address.ts";
import { type AddressClass } from "./address_blocks.ts";
import { type Cidr, cidr, cidrContains } from "./cidr.ts";
import type { PrivateException } from "../config.ts";
import { BottleError } from "../../errors.ts";
import { type Host, parseHost, printHost } from "./host.ts";
import type { IpAddress } from "./ip.ts";
import type { BlockReason } from "../reason.ts";
import type { Route } from "../route/route.ts";

/** Canonical host → the blocks that are open for it. Made by {@linkcode compileExceptions}. */
export type OpenBlocks = ReadonlyMap<string, readonly Cidr[]>;

/** The addresses to try, in the resolver's order, or why none may be. */
export type AddressDecision =
  | { readonly ok: true; readonly addresses: readonly [IpAddress, ...IpAddress[]] }
  | {
    readonly ok: false;
    readonly reason: Extract<BlockReason, "private-address" | "unresolvable">;
    readonly detail: string;
  };

/**
 * Reads the configuration's exceptions.
 * @throws {BottleError} `host-invalid`, `cidr-invalid`
 */
export function compileExceptions(exceptions: readonly PrivateException[]): OpenBlocks {
  const open = new Map<string, Cidr[]>();
  for (const { hosts, subnets } of exceptions) {
    const blocks = subnets.map((text) => cidr(text));
    for (const text of hosts) {
      const host = parseHost(text);
      if (host.kind === "bad") throw invalidHost(text, host.why);
      const key = printHost(host);
      open.set(key, [...open.get(key) ?? [], ...blocks]);
    }
  }
  return open;
}

/**
 * Judges all addresses of a host at once: one that may not be reached refuses the host, as an answer that mixes
 * public and private addresses is what an attack by rebinding looks like. `allow_private` opens every class but
 * multicast, broadcast and unspecified, which are no destinations, and metadata, which opens only where the route
 * names that very address. An exception opens its blocks for its hosts, and none of these four.
 *
 * @example
 * ```ts
 * import { checkAddresses } from "./destination.ts";
 * import { hostName } from "./host.ts";
 * import { parseAddress } from "./address.ts";
 * const host = { kind: "name", name: hostName("rebind.example.com") } as const;
 * const address = parseAddress("10.0.0.1");
 * const route = { host: "rebind.example.com", origin: "manifest demo.md:7" };
 * if (!address || checkAddresses(host, [address], route, new Map()).ok) throw new Error("expected a refusal");
 * ```
 */
export function checkAddresses(
  host: Host,
  addresses: readonly IpAddress[],
  route: Route,
  open: OpenBlocks,
): AddressDecision {
  const shown = JSON.stringify(printHost(host));
  const [first, ...others] = addresses;
  if (!first) {
    return { ok: false, reason: "unresolvable", detail: `${shown} resolves to no address` };
  }
  const blocks = open.get(printHost(host)) ?? [];
  for (const address of addresses) {
    const kind = classifyAddress(address);
    if (isOpen(kind, address, { host, route, blocks })) continue;
    const detail = host.kind === "ip"
      ? `${shown} is a ${kind} address`
      : `${shown} resolves to a ${kind} address, ${address.text}`;
    return { ok: false, reason: "private-address", detail };
  }
  return { ok: true, addresses: [first, ...others] };
}

function isOpen(
  kind: AddressClass,
  address: IpAddress,
  { host, route, blocks }: { host: Host; route: Route; blocks: readonly Cidr[] },
): boolean {
  switch (kind) {
    case "public":
      return true;
    case "multicast":
    case "broadcast":
    case "unspecified":
      return false;
    case "metadata":
      return route.allow_private === true && host.kind === "ip";
    case "private":
    case "loopback":
    case "link-local":
    case "cgnat":
    case "documentation":
    case "benchmarking":
    case "reserved":
      return route.allow_private === true ||
        blocks.some((block) => cidrContains(block, unwrapAddress(address)));
  }
  return kind satisfies never;
}

function invalidHost(text: string, why: string): BottleError {
  return new BottleError(`Not a host: ${JSON.stringify(text.slice(0, 80))}`, {
    code: "host-invalid",
    hint: why,
  });
}
