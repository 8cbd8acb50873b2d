/** What runs here, in which version. */

import { VERSION } from "../../../lib/names.ts";
import { type Finding, note, ok, warning } from "../finding.ts";
import type { Check } from "../scene.ts";

/** The oldest Deno that is tested. */
const OLDEST_DENO: readonly [number, number] = [2, 9];

/** The check. */
export const versions: Check = {
  name: "versions",
  run: async ({ services: { context } }, signal) => {
    const said = async (argv: readonly string[]): Promise<string | null> => {
      try {
        const { code, stdout } = await context.run(argv, { signal });
        return code === 0 ? new TextDecoder().decode(stdout).trim() : null;
      } catch {
        signal.throwIfAborted();
        return null;
      }
    };
    const [git, buildx] = await Promise.all([
      said(["git", "--version"]),
      said(["docker", "buildx", "version"]),
    ]);
    const { os, arch } = Deno.build;
    return [
      judgeOwn({ version: VERSION, deno: Deno.version.deno, os, arch }),
      judgeGit(git),
      judgeBuildx(buildx),
    ];
  },
};

/** This program and what it runs on. */
export function judgeOwn(
  facts: {
    readonly version: string;
    readonly deno: string;
    readonly os: string;
    readonly arch: string;
  },
): Finding {
  const text = `bot-bottle ${facts.version}, Deno ${facts.deno} on ${facts.os} ${facts.arch}`;
  const [major = 0, minor = 0] = facts.deno.split(".").map(Number);
  const isTested = major > OLDEST_DENO[0] || (major === OLDEST_DENO[0] && minor >= OLDEST_DENO[1]);
  return isTested
    ? ok(text, { ...facts })
    : warning(`${text}: older than what is tested`, "Update Deno to 2.9 or newer", { ...facts });
}

/** Git on the host is for workspaces only. @param said what `git --version` printed; null: nothing */
export function judgeGit(said: string | null): Finding {
  const version = /^git version (\S+)/.exec(said ?? "")?.[1];
  return version === undefined
    ? note('No "git" on PATH: `--workspace` does not work without it', "Install git", { git: null })
    : ok(`git ${version}`, { git: version });
}

/** @param said what `docker buildx version` printed; null: nothing */
export function judgeBuildx(said: string | null): Finding {
  const version = /\bv?([0-9]+\.[0-9]+\S*)/.exec(said ?? "")?.[1];
  return version === undefined
    ? note("Images are built by the engine's older builder: there is no buildx", null, {
      buildx: null,
    })
    : ok(`buildx ${version}`, { buildx: version });
}
