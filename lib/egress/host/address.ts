/** What kind of place an address leads to. */

import {
  type AddressClass,
  embeddingBlocks,
  globalUnicast6,
  singleAddresses,
  specialBlocks,
} from "./address_blocks.ts";
import { cidrContains } from "./cidr.ts";
import { type IpAddress, ipv4 } from "./ip.ts";

export type { AddressClass } from "./address_blocks.ts";
export { type Cidr, cidrContains, parseCidr, printCidr } from "./cidr.ts";
export { type IpAddress, parseAddress } from "./ip.ts";

/**
 * Says where an address leads. One that carries an IPv4 address is judged by the inner one: a mapped or NAT64
 * address is what the inner one is; a 6to4, Teredo, compatible or translated one is never `public`, as those are
 * ways and not places. Below any prefix the inner address of ISATAP counts where it is none of the public ones. IPv6 outside `2000::/3` that no registry names is `reserved`.
 *
 * @example
 * ```ts
 * import { classifyAddress, parseAddress } from "./address.ts";
 * const address = parseAddress("::ffff:169.254.169.254");
 * if (!address || classifyAddress(address) !== "metadata") throw new Error("expected metadata");
 * ```
 */
export function classifyAddress(address: IpAddress): AddressClass {
  const single = singleAddresses.find(({ cidr }) => cidrContains(cidr, address));
  if (single) return single.kind;
  const embedded = classifyEmbedded(address);
  if (embedded) return embedded;
  const special = specialBlocks.find(({ cidr }) => cidrContains(cidr, address));
  if (special) return special.kind;
  return address.family === 4 || cidrContains(globalUnicast6, address) ? "public" : "reserved";
}

/**
 * The address that packets to a mapped or NAT64 address reach; any other address as it is. Ask this before
 * comparing with a block of IPv4 addresses.
 */
export function unwrapAddress(address: IpAddress): IpAddress {
  const delivered = embeddingBlocks.find(({ cidr, isDelivered }) =>
    isDelivered && cidrContains(cidr, address)
  );
  return delivered ? ipv4(address.value & 0xffffffffn) : address;
}

/** Undefined for an address that carries none. */
function classifyEmbedded(address: IpAddress): AddressClass | undefined {
  let found: AddressClass | undefined;
  for (const { cidr, shift, mask, isDelivered } of embeddingBlocks) {
    if (!cidrContains(cidr, address)) continue;
    const inner = classifyAddress(ipv4(address.value >> shift & 0xffffffffn ^ mask));
    if (inner !== "public") return inner;
    found = isDelivered ? "public" : "reserved";
  }
  return found ?? classifyInterface(address);
}

/**
 * ISATAP (RFC 5214, 6.1): below any prefix an interface identifier of `0:5efe` or `200:5efe` carries the IPv4 address that a
 * router may hand packets to. A public one inside says nothing of the whole.
 */
function classifyInterface({ family, value }: IpAddress): AddressClass | undefined {
  const mark = value >> 32n & 0xffffffffn;
  if (family === 4 || mark !== 0x5efen && mark !== 0x2005efen) return undefined;
  const inner = classifyAddress(ipv4(value & 0xffffffffn));
  return inner === "public" ? undefined : inner;
}
