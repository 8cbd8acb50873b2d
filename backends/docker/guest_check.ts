/** Whether an image will do for a guest: asked of the image itself, once for each, before anything depends on it. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { HomeId } from "../../lib/names.ts";
import type { RunResult } from "../../lib/process/run.ts";
import type { Engine } from "../engine/engine.ts";
import type { EngineImage } from "../engine/image.ts";
import { engineError, isOfEngine, printableLines } from "../engine/errors.ts";
import { labelArgs } from "../engine/labels.ts";
import { startsBelow } from "./altered.ts";
import script from "./guest_check.sh" with { type: "text" };
import { ROOT_PATH } from "./guest_user.ts";
import { blankArgs } from "./image_env.ts";

/** Counts up when the check asks for more. */
export const GUEST_CHECK = 2;

/** What every provider's programs and our own steps use. */
const ALWAYS = ["bash", "git"] as const;

/** An image that doesn't answer in this time never will, in milliseconds. */
const TIMEOUT_MS = 30_000;

/** What {@linkcode checkGuest} is about. */
export interface GuestRequest {
  /** As the person knows it. */
  readonly tag: string;
  readonly image: EngineImage;
  readonly home: HomeId;
  /** The launch, for its undo. */
  readonly launch?: string;
  readonly guestHome: string;
  /** Programs that the provider needs besides. */
  readonly programs: readonly string[];
}

/**
 * Runs a shell in a container of the image that has no network, no capability and no right, and is gone after it.
 *
 * @throws {BottleError} `image-unfit`, exit code 125, with all that is missing; what the engine says
 */
export async function checkGuest(
  engine: Engine,
  request: GuestRequest,
  signal: AbortSignal,
): Promise<void> {
  const volumes = request.image.volumes.filter(startsBelow).map((path) =>
    `it declares a volume at ${JSON.stringify(path)}, where programs lie`
  );
  const lacks = [...volumes, ...await askGuest(engine, request, signal)];
  if (lacks.length === 0) return;
  throw new BottleError(`The image "${request.tag}" can't be a guest`, {
    code: "image-unfit",
    exitCode: ExitCode.cannotStart,
    details: lacks,
    hint: lacks.length === volumes.length
      ? "Take an image without that VOLUME"
      : "Add what is missing in a Dockerfile that begins FROM this image: agent_provider.dockerfile",
  });
}

/** `docker run` of the check. */
export function guestCheckArgs(request: GuestRequest): string[] {
  const { image, home, launch, guestHome, programs } = request;
  const owner = { home, slug: null, role: "builder" } as const;
  return [
    "run",
    "--rm",
    "--pull=never",
    ...labelArgs(launch === undefined ? owner : { ...owner, launch }),
    "--network=none",
    "--user=1000:1000",
    "--workdir=/",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--pids-limit=64",
    "--memory=256m",
    "--memory-swap=256m",
    "--ulimit=core=0",
    "--log-driver=none",
    "--no-healthcheck",
    ...blankArgs(image.variables),
    "--entrypoint=/bin/sh",
    image.id,
    "-c",
    script,
    "check",
    guestHome,
    ROOT_PATH,
    ...ALWAYS,
    ...programs,
  ];
}

async function askGuest(
  engine: Engine,
  request: GuestRequest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  signal.throwIfAborted();
  const args = guestCheckArgs(request);
  // No signal: what is created must have settled when an undo begins.
  const result = await runCheck(engine, args);
  if (result === "late") {
    return [
      `its /bin/sh does not answer within ${TIMEOUT_MS / 1000} s, or the engine is very busy`,
    ];
  }
  const stdout = new TextDecoder().decode(result.stdout);
  const lines = stdout.split("\n");
  if (lines.includes("end")) return lines.flatMap((line) => describe(line, request));
  const error = engineError(args, result);
  if (isOfEngine(error)) throw error;
  const said = printableLines(new TextDecoder().decode(result.stderr)).slice(0, 3);
  return [
    said.some((line) => line.includes("exec format error"))
      ? "it is made for another kind of processor"
      : "its /bin/sh does not run, so nothing else could be looked for",
    ...said,
  ];
}

/** What is left of a container that hangs goes with the launch. */
async function runCheck(engine: Engine, args: readonly string[]): Promise<RunResult | "late"> {
  try {
    return await engine.raw(args, { timeoutMs: TIMEOUT_MS, keepBytes: 64 * 1024 });
  } catch (error) {
    if (error instanceof BottleError && error.code === "timeout") return "late";
    throw error;
  }
}

/** A line that is none of ours was not asked for. */
function describe(line: string, { guestHome, programs }: GuestRequest): readonly string[] {
  const [, what = "", program = ""] = /^lacks (\w+)(?: (.+))?$/.exec(line) ?? [];
  switch (what) {
    case "user":
      return ["the user node with uid 1000: RUN useradd --create-home --uid 1000 node"];
    case "home":
      return [`${guestHome}, the home of the user node and writable for it`];
    case "sleep":
      return ["/bin/sleep, in /bin, /usr/bin or a /lib: the package coreutils"];
    case "preload":
      return ["an empty /etc/ld.so.preload: what it names would run before the network is sealed"];
    case "tar":
      return ["GNU tar in /bin or /usr/bin: the package tar"];
    case "program":
      if (ALWAYS.some((each) => each === program)) {
        return [`${program}: the package ${program}`];
      }
      return programs.includes(program) ? [`${program}, the agent's program, on PATH`] : [];
    default:
      return [];
  }
}
