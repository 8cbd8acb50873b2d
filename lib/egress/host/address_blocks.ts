/**
 * The blocks of addresses that are not ordinary destinations.
 *
 * Sources: IANA IPv4 Special-Purpose Address Registry, IANA IPv6 Special-Purpose Address Registry, IANA IPv4 and
 * IPv6 Multicast Address Space Registries, and for metadata services the cloud providers' documentation. Blocks
 * that the registries call globally reachable but that serve protocols and not hosts (AS112, AMT, relay anycast)
 * are `reserved`.
 */

import { type Cidr, cidr } from "./cidr.ts";

/** Where an address leads. Only `public` is open without more. */
export type AddressClass =
  | "public"
  | "private"
  | "loopback"
  | "link-local"
  | "metadata"
  | "cgnat"
  | "multicast"
  | "broadcast"
  | "unspecified"
  | "documentation"
  | "benchmarking"
  | "reserved";

/** A block and its class. */
export interface AddressBlock {
  readonly cidr: Cidr;
  readonly kind: AddressClass;
}

/** A prefix that carries an IPv4 address. */
export interface EmbeddingBlock {
  readonly cidr: Cidr;
  /** Bits to the right of the inner address. */
  readonly shift: bigint;
  /** What the inner address is XORed with. */
  readonly mask: bigint;
  /** Whether packets are delivered to the inner address, so that a public one inside makes the whole public. */
  readonly isDelivered: boolean;
}

/** Single services and addresses, judged before all blocks. */
export const singleAddresses: readonly AddressBlock[] = [
  block("168.63.129.16/32", "metadata"), // Azure's wire server: a public address that only the host answers
  block("169.254.169.254/32", "metadata"), // AWS, Azure, Google Cloud, Oracle Cloud, DigitalOcean
  block("169.254.170.2/32", "metadata"), // AWS ECS, task credentials
  block("169.254.170.23/32", "metadata"), // AWS EKS, pod identity
  block("169.254.42.42/32", "metadata"), // Scaleway
  block("169.254.0.23/32", "metadata"), // Tencent Cloud
  block("100.100.100.200/32", "metadata"), // Alibaba Cloud
  block("192.0.0.192/32", "metadata"), // Oracle Cloud Classic
  block("255.255.255.255/32", "broadcast"), // RFC 8190
  block("fd00:ec2::/64", "metadata"), // AWS: ::254, ::23, and the time and name servers beside them
  block("fd20:ce::254/128", "metadata"), // Google Cloud
  block("fd00:42::42/128", "metadata"), // Scaleway
  block("fe80::a9fe:a9fe/128", "metadata"), // OpenStack
  block("::/128", "unspecified"), // RFC 4291
  block("::1/128", "loopback"), // RFC 4291
];

/** Disjoint, so that their order does not matter. */
export const specialBlocks: readonly AddressBlock[] = [
  block("0.0.0.0/8", "unspecified"), // RFC 791; Linux connects 0.0.0.0 to itself
  block("10.0.0.0/8", "private"), // RFC 1918
  block("100.64.0.0/10", "cgnat"), // RFC 6598
  block("127.0.0.0/8", "loopback"), // RFC 1122
  block("169.254.0.0/16", "link-local"), // RFC 3927
  block("172.16.0.0/12", "private"), // RFC 1918
  block("192.0.0.0/24", "reserved"), // RFC 6890, IETF protocol assignments
  block("192.0.2.0/24", "documentation"), // RFC 5737
  block("192.31.196.0/24", "reserved"), // RFC 7535, AS112
  block("192.52.193.0/24", "reserved"), // RFC 7450, AMT
  block("192.88.99.0/24", "reserved"), // RFC 7526, 6to4 relay anycast, deprecated
  block("192.168.0.0/16", "private"), // RFC 1918
  block("192.175.48.0/24", "reserved"), // RFC 7534, AS112
  block("198.18.0.0/15", "benchmarking"), // RFC 2544
  block("198.51.100.0/24", "documentation"), // RFC 5737
  block("203.0.113.0/24", "documentation"), // RFC 5737
  block("224.0.0.0/4", "multicast"), // RFC 5771
  block("240.0.0.0/4", "reserved"), // RFC 1112
  block("64:ff9b:1::/48", "private"), // RFC 8215, local-use NAT64
  block("100::/64", "reserved"), // RFC 6666, discard-only
  block("100:0:0:1::/64", "reserved"), // RFC 9780, dummy prefix
  block("2001::/23", "reserved"), // RFC 2928, IETF protocol assignments: Teredo, ORCHID, AMT, benchmarking …
  block("2001:db8::/32", "documentation"), // RFC 3849
  block("2002::/16", "reserved"), // RFC 3056, 6to4
  block("2620:4f:8000::/48", "reserved"), // RFC 7534, AS112
  block("3ffe::/16", "reserved"), // RFC 3701, 6bone, given back
  block("3fff::/20", "documentation"), // RFC 9637
  block("5f00::/16", "reserved"), // RFC 9602, SRv6
  block("fc00::/7", "private"), // RFC 4193
  block("fe80::/10", "link-local"), // RFC 4291
  block("fec0::/10", "private"), // RFC 3879, site-local, deprecated
  block("ff00::/8", "multicast"), // RFC 4291
];

/** IANA Internet Protocol Version 6 Address Space: the one global unicast block. */
export const globalUnicast6: Cidr = cidr("2000::/3");

const INVERTED = 0xffffffffn;

/** Judged after {@linkcode singleAddresses}, before {@linkcode specialBlocks}. */
export const embeddingBlocks: readonly EmbeddingBlock[] = [
  { cidr: cidr("::ffff:0:0/96"), shift: 0n, mask: 0n, isDelivered: true }, // RFC 4291, mapped
  { cidr: cidr("64:ff9b::/96"), shift: 0n, mask: 0n, isDelivered: true }, // RFC 6052, NAT64
  { cidr: cidr("::ffff:0:0:0/96"), shift: 0n, mask: 0n, isDelivered: false }, // RFC 2765, translated
  { cidr: cidr("::/96"), shift: 0n, mask: 0n, isDelivered: false }, // RFC 4291, compatible, deprecated
  { cidr: cidr("2002::/16"), shift: 80n, mask: 0n, isDelivered: false }, // RFC 3056, 6to4
  { cidr: cidr("2001::/32"), shift: 64n, mask: 0n, isDelivered: false }, // RFC 4380, Teredo: its server
  { cidr: cidr("2001::/32"), shift: 0n, mask: INVERTED, isDelivered: false }, // RFC 4380, Teredo: its client
];

function block(text: string, kind: AddressClass): AddressBlock {
  return { cidr: cidr(text), kind };
}
