/** What already has addresses: the engine's networks, its host's routes, this machine's interfaces. */

import type { Engine } from "../../backends/engine/engine.ts";
import { type Cidr, parseCidr } from "../../lib/egress/host/cidr.ts";
import { ipv4 } from "../../lib/egress/host/ip.ts";
import { Label } from "../../lib/names.ts";

/** A block of addresses, and whose it is, in words. */
export interface TakenBlock {
  readonly block: Cidr;
  readonly whose: string;
  /** `bottle`, `network`: the engine gives none of it again. `route`: it does, and the two get into each other's way. */
  readonly kind: "bottle" | "network" | "route";
}

/** The engine's networks, those of bottles too. @throws {BottleError} what the engine says */
export async function engineNetworks(
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly TakenBlock[]> {
  const ids = (await engine.docker(["network", "ls", "--quiet"], { signal })).split("\n");
  const format = `{{.Name}}\t{{with index .Labels "${Label.home}"}}{{.}}{{else}}-{{end}}` +
    "\t{{range .IPAM.Config}}{{.Subnet}} {{end}}";
  const args = ["network", "inspect", "--format", format, ...ids.filter((id) => id !== "")];
  // A network that goes meanwhile fails the call, but not what the others say.
  const { stdout } = await engine.raw(args, { signal });
  return parseNetworks(new TextDecoder().decode(stdout));
}

/** @param text a line each: name, home or `-`, subnets; with tabs between */
export function parseNetworks(text: string): readonly TakenBlock[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", owner = "", subnets = ""] = line.split("\t");
    const kind = owner === "" || owner === "-" ? "network" : "bottle";
    return blocksOf(subnets.split(" "), `the engine's network "${name}"`, kind);
  });
}

/** @param text Linux's /proc/net/route: addresses in hexadecimal, as the machine keeps them (proc(5)); little-endian */
export function parseRoutes(text: string): readonly TakenBlock[] {
  return text.split("\n").slice(1).flatMap((line) => {
    const [device = "", destination = "", , , , , , mask = ""] = line.trim().split(/\s+/);
    const base = fromHex(destination);
    const bits = maskBits(fromHex(mask));
    // The default route leads everywhere and takes nothing.
    if (base === undefined || bits === undefined || bits === 0) return [];
    return blocksOf(
      [`${ipv4(base).text}/${bits}`],
      `a route of the engine's host (${device})`,
      "route",
    );
  });
}

/** IPv4 addresses of this machine's interfaces. @param interfaces as `Deno.networkInterfaces` gives them */
export function interfaceBlocks(
  interfaces: readonly { readonly name: string; readonly family: string; readonly cidr: string }[],
): readonly TakenBlock[] {
  return interfaces.filter(({ family, name }) => family === "IPv4" && name !== "lo").flatMap((
    { name, cidr },
  ) => blocksOf([networkOf(cidr)], `this machine's interface "${name}"`, "route"));
}

function blocksOf(
  texts: readonly string[],
  whose: string,
  kind: TakenBlock["kind"],
): readonly TakenBlock[] {
  return texts.flatMap((text) => {
    const block = parseCidr(text);
    return block?.base.family === 4 ? [{ block, whose, kind }] : [];
  });
}

/** `10.8.0.5/24` as `10.8.0.0/24`: an interface's address has host bits, which a block must not have. */
function networkOf(cidr: string): string {
  const [address = "", bits = ""] = cidr.split("/");
  const base = parseCidr(`${address}/32`)?.base;
  const width = Number(bits);
  if (base === undefined || !(width >= 0 && width <= 32)) return cidr;
  const host = 32n - BigInt(width);
  return `${ipv4((base.value >> host) << host).text}/${bits}`;
}

function fromHex(text: string): bigint | undefined {
  if (!/^[0-9A-Fa-f]{8}$/.test(text)) return undefined;
  return BigInt(`0x${text.match(/../g)?.reverse().join("")}`);
}

function maskBits(mask: bigint | undefined): number | undefined {
  const bits = mask?.toString(2).padStart(32, "0");
  return bits !== undefined && /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : undefined;
}
