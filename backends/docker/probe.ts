/** Throw-away containers that look around: what an agent's container would be held to, and what the engine's host routes. */

import type { LimitsInForce } from "../../lib/plan/limits.ts";
import type { Resources } from "../../lib/manifest/types.ts";
import type { HomeId } from "../../lib/names.ts";
import type { Engine } from "../engine/engine.ts";
import { engineError } from "../engine/errors.ts";
import { labelArgs } from "../engine/labels.ts";
import { limitArgs, readInForce } from "./in_force.ts";
import { RUN_FAILED, sealRunArgs } from "./seal.ts";
import { parseFindings } from "./self_test.ts";
import script from "./probe.sh" with { type: "text" };

/** What every probe needs. */
export interface ProbeOptions {
  readonly home: HomeId;
  /** An image with a shell; the bundle's. */
  readonly image: string;
  readonly random: (length: number) => Uint8Array;
  readonly signal: AbortSignal;
}

/**
 * How long a container may take that looks around, in milliseconds. It takes no signal: a client that is cut off between the
 * container's creation and its start leaves it there, `--rm` or not.
 */
const LOOK_MS = 20_000;

/** What was seen of a container with limits. */
export interface LimitProbe {
  /** By `docker inspect`. */
  readonly inspected: LimitsInForce;
  /** From inside, by name, as the files there say it. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
}

/**
 * Makes a container with these limits, reads them back from outside and from inside, and removes it.
 *
 * @throws {BottleError} what the engine says of such limits
 */
export async function probeLimits(
  engine: Engine,
  resources: Resources,
  options: ProbeOptions,
): Promise<LimitProbe> {
  const { signal } = options;
  const name = `bot-bottle-probe-${options.random(6).toHex()}`;
  try {
    signal.throwIfAborted();
    // No signal: a creation that is cut off may take effect after its undo.
    await engine.docker(probeArgs(name, resources, options));
    const { limits } = await readInForce(engine, name, signal);
    const told = await engine.docker(["start", "--attach", name], { signal });
    return { inspected: limits, inside: parseFindings(told) };
  } finally {
    await engine.raw(["rm", "--force", "--volumes", name]);
  }
}

/** `docker create`, with what holds an agent and no network. */
export function probeArgs(
  name: string,
  resources: Resources,
  { home, image }: Pick<ProbeOptions, "home" | "image">,
): readonly string[] {
  return [
    "create",
    "--pull=never",
    ...["--name", name],
    ...labelArgs({ home, slug: null, role: "probe" }),
    ...["--network", "none"],
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--user=1000:1000",
    "--read-only",
    ...limitArgs(resources),
    "--log-driver=none",
    "--entrypoint=/bin/sh",
    image,
    "-c",
    script,
  ];
}

/** Which of the kernel's two tables takes the seal's rules, tried in a network of their own; undefined: neither, with their words. @throws {BottleError} what the engine says */
export async function probeSeal(
  engine: Engine,
  { home, image, signal }: ProbeOptions,
): Promise<{ readonly tables: string | undefined; readonly told: readonly string[] }> {
  const owner = { home, slug: null, role: "probe" } as const;
  const args = sealRunArgs(owner, { network: "none", image, bundle: "192.0.2.1", runtime: null });
  signal.throwIfAborted();
  const result = await engine.raw(args, { timeoutMs: LOOK_MS });
  const { code, stdout, stderr } = result;
  // The engine's own failure says nothing of the kernel.
  if (code === RUN_FAILED) throw engineError(args, result);
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).trim();
  if (code === 0) return { tables: decode(stdout), told: [] };
  return { tables: undefined, told: decode(stderr).split("\n").slice(-4) };
}

/** `/proc/net/route` of the engine's own host, wherever that is. @throws {BottleError} where no container may see it */
export async function probeRoutes(engine: Engine, options: ProbeOptions): Promise<string> {
  return await look(engine, options, "host", ["/bin/cat", "/proc/net/route"]);
}

/** `df -Pk` of a container's root, which lies on the engine's own disk. @throws {BottleError} what the engine says */
export async function probeDisk(engine: Engine, options: ProbeOptions): Promise<string> {
  return await look(engine, options, "none", ["/bin/df", "-Pk", "/"]);
}

/** Asks for nothing, so that nothing comes of it; both arguments are the person's own. */
const ASK_PROXY =
  `printf 'OPTIONS * HTTP/1.1\\r\\nHost: %s\\r\\nConnection: close\\r\\n\\r\\n' "$1" |
  nc -w 5 "$1" "$2" 2>/dev/null | head -c 8; true`;

/** What a proxy says first, as a container hears it; empty: it is not there, or says nothing. @throws {BottleError} what the engine says */
export async function probeProxy(
  engine: Engine,
  { host, port }: { readonly host: string; readonly port: number },
  options: ProbeOptions,
): Promise<string> {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const program = ["/bin/sh", "-c", ASK_PROXY, "sh", address, String(port)] as const;
  return await look(engine, options, "bridge", program);
}

/** Runs one program in a container that can do nothing else, and tells what it printed. */
async function look(
  engine: Engine,
  { home, image, signal }: ProbeOptions,
  network: "host" | "none" | "bridge",
  [program, ...args]: readonly [string, ...string[]],
): Promise<string> {
  signal.throwIfAborted();
  return await engine.docker([
    "run",
    "--rm",
    "--pull=never",
    ...labelArgs({ home, slug: null, role: "probe" }),
    ...["--network", network],
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--user=1000:1000",
    "--read-only",
    "--log-driver=none",
    `--entrypoint=${program}`,
    image,
    ...args,
  ], { timeoutMs: LOOK_MS });
}
