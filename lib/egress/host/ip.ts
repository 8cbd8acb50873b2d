/** IP addresses as numbers, with one canonical text each. */

/** An address. Made by {@linkcode parseAddress} only. */
export interface IpAddress {
  /** IPv4 or IPv6. */
  readonly family: 4 | 6;
  /** Network order: 32 bits or 128. */
  readonly value: bigint;
  /** Four decimal parts, or RFC 5952 without brackets. Equal addresses have equal texts. */
  readonly text: string;
}

const PART4 = /^(?:0|[1-9][0-9]{0,2})$/;
const GROUP6 = /^[0-9a-f]{1,4}$/i;

/**
 * Parses an address: four decimal parts without leading zeros, or RFC 4291 without brackets and without a zone.
 * Everything else, also what `inet_aton` would take, is undefined.
 *
 * @example
 * ```ts
 * import { parseAddress } from "./ip.ts";
 * if (parseAddress("2001:DB8::0:1")?.text !== "2001:db8::1") throw new Error("not canonical");
 * if (parseAddress("127.1") || parseAddress("010.0.0.1")) throw new Error("not strict");
 * ```
 */
export function parseAddress(text: string): IpAddress | undefined {
  return text.includes(":") ? parse6(text) : parse4(text);
}

/** @param value 32 bits */
export function ipv4(value: bigint): IpAddress {
  const parts = [24n, 16n, 8n, 0n].map((shift) => value >> shift & 0xffn);
  return { family: 4, value, text: parts.join(".") };
}

/** @param value 128 bits */
export function ipv6(value: bigint): IpAddress {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number(value >> shift & 0xffffn));
  return { family: 6, value, text: print6(groups) };
}

function parse4(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!PART4.test(part) || Number(part) > 255) return undefined;
    value = value << 8n | BigInt(part);
  }
  return ipv4(value);
}

function parse6(text: string): IpAddress | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = "", tail] = halves;
  const left = parseGroups(head, tail === undefined);
  const right = parseGroups(tail ?? "", true);
  if (!left || !right) return undefined;
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array<bigint>(missing).fill(0n), ...right];
  return ipv6(groups.reduce((value, group) => value << 16n | group, 0n));
}

/** Groups of one side of `::`; only the last one of the whole may be in IPv4's notation. */
function parseGroups(text: string, isEnd: boolean): bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (GROUP6.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const inner = isEnd && index === parts.length - 1 ? parse4(part) : undefined;
    if (!inner) return undefined;
    groups.push(inner.value >> 16n, inner.value & 0xffffn);
  }
  return groups;
}

/** RFC 5952: the first of the longest runs of two or more zero groups becomes `::`. */
function print6(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  const print = (part: readonly number[]): string =>
    part.map((group) => group.toString(16)).join(":");
  if (best.length < 2) return print(groups);
  return `${print(groups.slice(0, best.start))}::${print(groups.slice(best.start + best.length))}`;
}
