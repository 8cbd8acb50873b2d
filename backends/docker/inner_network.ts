/** The network that an agent shares with its bundle, and with nothing else. */

import { type Cidr, parseCidr } from "../../lib/egress/host/cidr.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import { type HomeId, resourceName, type Slug } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { EngineErrorCode } from "../engine/errors.ts";
import { labelArgs } from "../engine/labels.ts";
import { type BottleSubnet, pickSubnet } from "./subnets.ts";

/** Options of {@linkcode createInnerNetwork}. */
export interface InnerNetworkOptions {
  readonly home: HomeId;
  readonly slug: Slug;
  readonly launch: string;
  readonly ranges: readonly Cidr[];
  readonly random: (length: number) => Uint8Array;
}

/** A bottle's network. */
export interface InnerNetwork {
  readonly name: string;
  readonly subnet: BottleSubnet;
}

/** Enough for others that take a subnet at the same moment; a range that overlaps the host's own routes fails always. */
const MAX_TRIES = 8;

/**
 * Makes the network. The engine alone knows what overlaps, so it is asked by trying; only after a refusal are the
 * subnets of all networks listed.
 *
 * Takes no signal: a creation that is cut off may take effect later, when its undo is over.
 *
 * @throws {BottleError} `subnets-used-up`; `name-taken`
 */
export async function createInnerNetwork(
  engine: Engine,
  options: InnerNetworkOptions,
): Promise<InnerNetwork> {
  const name = resourceName(options.slug, "inner");
  const refused: Cidr[] = [];
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const taken = attempt === 0 ? [] : [...refused, ...await subnetsInUse(engine)];
    const subnet = pickSubnet(options.ranges, taken, options.random);
    if (subnet === undefined) break;
    try {
      await engine.docker(innerNetworkArgs(name, subnet, options));
      return { name, subnet };
    } catch (error) {
      if (!(error instanceof BottleError) || error.code !== EngineErrorCode.subnetOverlap) {
        throw error;
      }
      const block = parseCidr(subnet.cidr);
      if (block !== undefined) refused.push(block);
    }
  }
  throw new BottleError("No free subnet for the bottle: all that were tried overlap others", {
    code: "subnets-used-up",
    exitCode: ExitCode.cannotStart,
    hint: "Set BOT_BOTTLE_SUBNETS to a range that nothing else uses, like 10.77.0.0/16",
  });
}

/**
 * `--internal` alone leaves the bridge's own address reachable, and with it every service that the host binds to
 * 0.0.0.0; `inhibit_ipv4` gives the bridge no address.
 */
export function innerNetworkArgs(
  name: string,
  subnet: BottleSubnet,
  options: Pick<InnerNetworkOptions, "home" | "slug" | "launch">,
): string[] {
  return [
    "network",
    "create",
    "--driver",
    "bridge",
    "--internal",
    "--ipv6=false",
    "--opt",
    "com.docker.network.bridge.inhibit_ipv4=true",
    "--subnet",
    subnet.cidr,
    "--gateway",
    subnet.gateway,
    ...labelArgs({ home: options.home, slug: options.slug, role: "inner", launch: options.launch }),
    name,
  ];
}

/** The subnets of all of the engine's networks, IPv6 ones too. */
async function subnetsInUse(engine: Engine): Promise<Cidr[]> {
  const ids = (await engine.docker(["network", "ls", "--quiet"])).split("\n").filter(Boolean);
  const format = "{{range .IPAM.Config}}{{println .Subnet}}{{end}}";
  // A network that goes meanwhile fails the call, but not what the others say.
  const { stdout } = await engine.raw(["network", "inspect", "--format", format, ...ids]);
  return new TextDecoder().decode(stdout).split("\n").flatMap((line) => {
    const block = parseCidr(line.trim());
    return block === undefined ? [] : [block];
  });
}
