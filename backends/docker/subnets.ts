/** Which /29 a bottle gets, and who has which address in it. Pure. */

import { classifyAddress } from "../../lib/egress/host/address.ts";
import { type Cidr, cidrContains, parseCidr, printCidr } from "../../lib/egress/host/cidr.ts";
import { ipv4 } from "../../lib/egress/host/ip.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";

/** Where bottles' subnets come from, unless `BOT_BOTTLE_SUBNETS` says otherwise: 8,192 of them. */
export const DEFAULT_RANGES = "10.213.0.0/16";

/** Eight addresses: network, gateway, bundle, agent, three unused, broadcast. */
const PREFIX_BITS = 29;
const SUBNET_SIZE = 8n;

/** A bottle's subnet and the addresses that are known before anything starts. */
export interface BottleSubnet {
  readonly cidr: string;
  /** Nobody has it: the engine's bridge is told not to take it, and no container may. */
  readonly gateway: string;
  readonly bundle: string;
  readonly agent: string;
}

/**
 * `BOT_BOTTLE_SUBNETS`: CIDR blocks of IPv4, with commas between, each a /29 or wider and private.
 *
 * @throws {BottleError} `subnets-invalid`, exit code 2
 */
export function parseRanges(text: string = DEFAULT_RANGES): readonly Cidr[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.map((part) => {
    const block = parseCidr(part);
    if (block === undefined || block.base.family !== 4) {
      throw invalid(part, "it is no block of IPv4");
    }
    if (block.bits > PREFIX_BITS) throw invalid(part, `it is narrower than a /${PREFIX_BITS}`);
    const kind = classifyAddress(block.base);
    if (kind !== "private" && kind !== "cgnat") throw invalid(part, "it is not private");
    return block;
  });
}

/**
 * A subnet that overlaps none of `taken`: the first free one after a place chosen by chance, so that bottles started
 * at the same time rarely want the same. Undefined if there is none.
 */
export function pickSubnet(
  ranges: readonly Cidr[],
  taken: readonly Cidr[],
  random: (length: number) => Uint8Array,
): BottleSubnet | undefined {
  const total = ranges.reduce((sum, range) => sum + subnetCount(range), 0);
  const start = new DataView(random(4).slice().buffer).getUint32(0) % total;
  for (let step = 0; step < total; step++) {
    const block = subnetAt(ranges, (start + step) % total);
    if (block !== undefined && !taken.some((other) => overlaps(block, other))) {
      return addresses(block);
    }
  }
  return undefined;
}

/** The addresses in a bottle's subnet, from what an engine says of its network. Undefined if it is none of ours. */
export function parseBottleSubnet(cidr: string): BottleSubnet | undefined {
  const block = parseCidr(cidr);
  return block?.base.family === 4 && block.bits === PREFIX_BITS ? addresses(block) : undefined;
}

/** Whether two blocks share an address. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return one.bits <= other.bits ? cidrContains(one, other.base) : cidrContains(other, one.base);
}

function subnetCount(range: Cidr): number {
  return 2 ** (PREFIX_BITS - range.bits);
}

function subnetAt(ranges: readonly Cidr[], index: number): Cidr | undefined {
  let rest = index;
  for (const range of ranges) {
    const count = subnetCount(range);
    if (rest < count) {
      const base = ipv4(range.base.value + BigInt(rest) * SUBNET_SIZE);
      return parseCidr(`${base.text}/${PREFIX_BITS}`);
    }
    rest -= count;
  }
  return undefined;
}

function addresses(block: Cidr): BottleSubnet {
  const at = (offset: bigint): string => ipv4(block.base.value + offset).text;
  return { cidr: printCidr(block), gateway: at(1n), bundle: at(2n), agent: at(3n) };
}

function invalid(part: string, why: string): BottleError {
  return new BottleError(`BOT_BOTTLE_SUBNETS has "${part}": ${why}`, {
    code: "subnets-invalid",
    exitCode: ExitCode.usage,
    hint: "Write private blocks with commas between, like 10.77.0.0/16",
  });
}
