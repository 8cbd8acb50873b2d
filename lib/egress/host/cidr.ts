/** CIDR blocks. */

import { BottleError } from "../../errors.ts";
import { type IpAddress, parseAddress } from "./ip.ts";

/** A block: the address with its host bits zero, and the length of the prefix in bits. */
export interface Cidr {
  readonly base: IpAddress;
  readonly bits: number;
  /** The value of the last address: looking an address up compares twice and computes nothing. */
  readonly last: bigint;
}

const BITS = /^(?:0|[1-9][0-9]{0,2})$/;

/**
 * Parses `address/bits`. Undefined for anything else: no prefix, an empty one (`10.0.0.0/`), a sign, a leading
 * zero, too many bits, or bits set behind the prefix (`10.0.0.1/8`: the writer meant another block than a reader
 * would see).
 */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  if (slash < 0) return undefined;
  const base = parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (!base || !BITS.test(bits) || Number(bits) > width(base)) return undefined;
  const hosts = (1n << BigInt(width(base) - Number(bits))) - 1n;
  if ((base.value & hosts) !== 0n) return undefined;
  return { base, bits: Number(bits), last: base.value | hosts };
}

/**
 * A block that has to be good: the program's own, or a configuration's.
 * @throws {BottleError} `cidr-invalid`
 */
export function cidr(text: string): Cidr {
  const block = parseCidr(text);
  if (block) return block;
  throw new BottleError(`Not a block of addresses: ${JSON.stringify(text.slice(0, 80))}`, {
    code: "cidr-invalid",
    hint: "Write it as 172.18.0.0/16, with no bits set behind the prefix",
  });
}

/** Whether an address lies in a block; never across families: unwrap a mapped address first. */
export function cidrContains(block: Cidr, address: IpAddress): boolean {
  return address.family === block.base.family &&
    address.value >= block.base.value && address.value <= block.last;
}

/** `address/bits`, canonical. */
export function printCidr(block: Cidr): string {
  return `${block.base.text}/${block.bits}`;
}

function width(address: IpAddress): number {
  return address.family === 4 ? 32 : 128;
}
