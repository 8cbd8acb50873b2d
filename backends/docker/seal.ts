/**
 * Sealing an agent's network namespace: the kernel there passes nothing but what goes to the bundle or comes from it.
 *
 * A network without a gateway is not enough. A socket that is bound to the device (`SO_BINDTODEVICE`, which needs no
 * capability since Linux 5.7) takes every address for a neighbour; the host answers ARP on the bridge for all of its
 * addresses, although the bridge has none, and where `rp_filter` is 0 it hands the datagram to whoever listens on
 * 0.0.0.0. Broadcast and multicast need not even that. Seen on Docker 20.10 with Linux 6.18.
 */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { HomeId, Slug } from "../../lib/names.ts";
import type { RuntimeChoice } from "../../lib/plan/spec.ts";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { labelArgs, type Ownership } from "../engine/labels.ts";
import script from "./seal.sh" with { type: "text" };

/** What {@linkcode sealAgent} needs. */
export interface SealSpec {
  readonly home: HomeId;
  readonly slug: Slug;
  /** The launch, for its undo; absent on resume. */
  readonly launch?: string;
  /** The agent's container, running. */
  readonly agent: string;
  /** The bundle's image: it has what it takes, and nobody in the bottle can change it. */
  readonly image: string;
  /** The bundle's address. */
  readonly bundle: string;
  /** The agent's; null: the engine's own. */
  readonly runtime: RuntimeChoice | null;
}

/** The exit code of a `docker run` that could not start its container. */
export const RUN_FAILED = 125;

/**
 * Seals the namespace of a container that has just started, and in which nothing of the agent runs yet
 * (`altered.ts`). Lasts until
 * the container ends. Takes no signal, like every creation.
 *
 * @throws {BottleError} `seal-failed`, exit code 125; what the engine says
 */
export async function sealAgent(engine: Engine, spec: SealSpec): Promise<void> {
  const args = sealArgs(spec);
  const result = await engine.raw(args);
  const { code, stderr } = result;
  if (code === 0) return;
  // The engine's own failure: the script did not run.
  if (code === RUN_FAILED) throw engineError(args, result);
  throw new BottleError("Cannot seal the agent's network", {
    code: "seal-failed",
    exitCode: ExitCode.cannotStart,
    hint: "The engine's kernel needs nf_tables or ip_tables",
    details: new TextDecoder().decode(stderr).trimEnd().split("\n").slice(-10),
  });
}

/** `docker run` of the sealing: it joins the agent's namespace. */
export function sealArgs(spec: SealSpec): string[] {
  const { home, slug, launch, agent, image, bundle, runtime } = spec;
  const owner = { home, slug, role: "seal", ...(launch === undefined ? {} : { launch }) } as const;
  return sealRunArgs(owner, { network: `container:${agent}`, image, bundle, runtime });
}

/** `docker run` of a container that may do one thing, in one namespace, and is gone after it. */
export function sealRunArgs(
  owner: Ownership,
  { network, image, bundle, runtime }: Pick<SealSpec, "image" | "bundle" | "runtime"> & {
    readonly network: string;
  },
): string[] {
  return [
    "run",
    "--rm",
    "--pull=never",
    // Under gVisor it would write its rules into a network stack of its own: they are for the kernel's.
    ...(runtime === null ? [] : ["--runtime=runc"]),
    ...labelArgs(owner),
    "--network",
    network,
    "--user=0:0",
    "--cap-drop=ALL",
    "--cap-add=NET_ADMIN",
    // The older tables speak by a raw socket.
    "--cap-add=NET_RAW",
    "--security-opt=no-new-privileges",
    "--read-only",
    "--tmpfs=/run:size=64k",
    "--log-driver=none",
    "--entrypoint=/bin/sh",
    image,
    "-c",
    script,
    "seal",
    bundle,
  ];
}
