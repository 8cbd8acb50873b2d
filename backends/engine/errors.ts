/** What the engine's refusals mean, and what to do about each. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { RunResult } from "../../lib/process/run.ts";

/** Codes of errors that callers tell apart. */
export const EngineErrorCode = {
  unreachable: "docker-unreachable",
  notPermitted: "docker-not-permitted",
  diskFull: "docker-disk-full",
  nameTaken: "name-taken",
  subnetOverlap: "subnet-overlap",
  notFound: "engine-not-found",
  notRunning: "container-not-running",
  baseImageMissing: "image-unavailable",
  failed: "docker-failed",
} as const;

interface Rule {
  readonly pattern: RegExp;
  readonly code: string;
  readonly message: (stderr: string, call: string) => string;
  readonly hint?: string;
}

/** First match wins. Texts as of Docker 20.10 to 28 and podman's docker-compatible command. */
const rules: readonly Rule[] = [
  {
    pattern: /permission denied while trying to connect|dial unix .*: permission denied/i,
    code: EngineErrorCode.notPermitted,
    message: (stderr) => `Not permitted to use Docker${at(stderr)}`,
    hint: `Add yourself to the group "docker" and log in again, or use a rootless engine`,
  },
  {
    pattern:
      /cannot connect to the docker daemon|is the docker daemon running|error during connect|failed to connect to the docker api|docker endpoint for|context ".*" does not exist|context not found|unable to resolve docker endpoint|cannot connect to podman/i,
    code: EngineErrorCode.unreachable,
    message: (stderr) => `Cannot reach Docker${at(stderr)}`,
    hint: "Start the engine, or check DOCKER_HOST and `docker context ls`",
  },
  {
    pattern: /no space left on device|disk quota exceeded/i,
    code: EngineErrorCode.diskFull,
    message: () => "The engine's disk is full",
    hint: "See `docker system df`; `bot-bottle cleanup` removes bottles that don't run",
  },
  {
    pattern:
      /is already in use by container|network with name .* already exists|name .* is in use/i,
    code: EngineErrorCode.nameTaken,
    message: (stderr) => `The name ${quotedName(stderr)} is taken already`,
    hint: "`bot-bottle list` shows whose it is; `bot-bottle cleanup` removes what is left over",
  },
  {
    pattern:
      /pool overlaps with other one|subnet .* overlaps|is already used on the host|invalid pool request/i,
    code: EngineErrorCode.subnetOverlap,
    message: () => "The subnet overlaps one that is in use",
    hint: "Set BOT_BOTTLE_SUBNETS to a range that nothing else uses, like 10.77.0.0/16",
  },
  {
    pattern: /^(error: |error response from daemon: )?(no such |.* not found$)/im,
    code: EngineErrorCode.notFound,
    message: (stderr) => lastLine(stderr),
  },
  {
    pattern: /is not running|is restarting, wait|cannot exec in a stopped/i,
    code: EngineErrorCode.notRunning,
    message: (stderr) => lastLine(stderr),
    hint: "`bot-bottle resume` starts a bottle that was kept",
  },
  {
    pattern: /pull access denied|manifest (for .* not found|unknown)|failed to resolve reference/i,
    code: EngineErrorCode.baseImageMissing,
    message: (stderr) => lastLine(stderr),
    hint: "Check the image's name, and that its registry can be reached",
  },
];

/** Makes the error for a call that failed. Neither the message nor the details hold the call's whole argv. */
export function engineError(args: readonly string[], result: RunResult): BottleError {
  const stderr = new TextDecoder().decode(result.stderr);
  const call = callName(args);
  const rule = rules.find(({ pattern }) => pattern.test(stderr));
  if (rule !== undefined) {
    return new BottleError(rule.message(stderr, call), {
      code: rule.code,
      exitCode: ExitCode.cannotStart,
      ...(rule.hint === undefined ? {} : { hint: rule.hint }),
      details: printableLines(stderr),
    });
  }
  const why = lastLine(stderr);
  return new BottleError(
    why === "" ? `"${call}" failed with exit code ${result.code}` : `"${call}" failed: ${why}`,
    {
      code: EngineErrorCode.failed,
      exitCode: ExitCode.cannotStart,
      details: printableLines(stderr),
    },
  );
}

/** `docker network create`: the words before the first option; no names, no values. */
function callName(args: readonly string[]): string {
  const groups = ["network", "volume", "container", "image", "context", "system"];
  return ["docker", ...args.slice(0, groups.includes(args[0] ?? "") ? 2 : 1)].join(" ");
}

/** ` at "unix:///var/run/docker.sock"`, where the engine's client names the place. */
function at(stderr: string): string {
  const [address] =
    /\b(?:unix|tcp|ssh|npipe|https?):\/\/[^\s"':;,]*(?::\d+)?[^\s"':;,]*/.exec(stderr) ?? [];
  return address === undefined ? "" : ` at "${address.replace(/\.$/, "")}"`;
}

function quotedName(stderr: string): string {
  const [, name] = /name "?\/?([A-Za-z0-9_.-]+)"?/.exec(stderr) ?? [];
  return JSON.stringify(name ?? "");
}

const ENGINE_WORD = /^.*?error response from daemon: /i;

/** What the engine said; else the client's last line. The client may go on after the engine's word. */
function lastLine(stderr: string): string {
  const lines = printableLines(stderr);
  const line = lines.find((one) => ENGINE_WORD.test(one)) ?? lines.at(-1) ?? "";
  return line.replace(ENGINE_WORD, "").replace(/^error: /i, "").replace(/\.$/, "");
}

const OF_ENGINE: readonly string[] = [
  EngineErrorCode.unreachable,
  EngineErrorCode.notPermitted,
  EngineErrorCode.diskFull,
];

/** Whether an error is about the engine itself, whatever it was asked for. */
export function isOfEngine({ code }: Pick<BottleError, "code">): boolean {
  return OF_ENGINE.includes(code);
}

/** At most the last 20 lines, control characters escaped: some of it may come out of a container. */
export function printableLines(text: string): readonly string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "").slice(-20).map((line) =>
    // deno-lint-ignore no-control-regex -- they are what is looked for
    line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) =>
      `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)
  );
}
