/** How init starts each daemon: under its own user, with the permissions that it needs and no environment. */

import { type DaemonName, LEDGER_FOLDER } from "../../lib/control/protocol.ts";
import { GATE_FOLDER, HOOKS_SOCKET, MIRRORS_FOLDER } from "../../lib/git_gate/config.ts";
import { type DaemonProcess, startDaemon } from "../../lib/process/daemon.ts";
import { endProcessesOf } from "../../lib/process/end_processes_of.ts";
import type { ProcessUser } from "../../lib/process/user.ts";

/** Where the image has Deno. */
export const DENO = "/usr/local/bin/deno";

/** How one daemon is started. */
export interface StartOptions {
  /** Gets each line of its stderr. */
  readonly onStderr: (line: string) => void;
  /** The one place where it may listen: git-gate's. Others have theirs from their configuration alone. */
  readonly listen?: string;
}

interface DaemonSetup {
  readonly user: ProcessUser;
  readonly permissions: (listen: string) => readonly string[];
  /** What runs it; default: init itself. */
  readonly launcher?: readonly string[];
}

/**
 * What git-gate starts: each by its whole path. `prlimit` starts any program with bounds, but only such as the image has, and as
 * git-gate's own user.
 */
const GATE_PROGRAMS = ["/usr/bin/git", "/usr/bin/gitleaks", "/usr/bin/prlimit"] as const;
const GATE_FOLDERS = [MIRRORS_FOLDER, GATE_FOLDER] as const;

const setups: Readonly<Record<DaemonName, DaemonSetup>> = {
  egress: { user: { uid: 1001, gid: 1001 }, permissions: () => ["--allow-net"] },
  "git-gate": {
    user: { uid: 1002, gid: 1002 },
    permissions: (listen) => [
      // A request's signal is then aborted by its client's end, and not by its own.
      "--unstable-no-legacy-abort",
      `--allow-net=${[listen, `unix:${HOOKS_SOCKET}`].filter((place) => place !== "").join(",")}`,
      `--allow-run=${GATE_PROGRAMS.join(",")}`,
      // In gitleaks' own file stand the keywords of its rules.
      `--allow-read=${[...GATE_FOLDERS, "/usr/bin/gitleaks"].join(",")}`,
      `--allow-write=${GATE_FOLDERS.join(",")}`,
    ],
    // Where memory ends the kernel ends a git of this daemon, and neither egress nor init.
    launcher: ["/usr/bin/choom", "--adjust", "500", "--"],
  },
  supervise: {
    user: { uid: 1003, gid: 1003 },
    permissions: () => [`--allow-read=${LEDGER_FOLDER}`, `--allow-write=${LEDGER_FOLDER}`],
  },
};

/** What Deno must not do by itself: ask, look for configuration, or fetch. */
const CLOSED = ["--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"];

/** Everything a daemon gets to see: nothing of init's own. */
const ENVIRONMENT = {
  PATH: "/usr/local/bin:/usr/bin:/bin",
  HOME: "/nonexistent",
  DENO_DIR: "/var/cache/deno",
  DENO_NO_UPDATE_CHECK: "1",
  NO_COLOR: "1",
} as const;

/** The argv of a daemon. @param script the bundled file that init itself runs from @param listen as in {@linkcode StartOptions} */
export function daemonArgv(name: DaemonName, script: string, listen = ""): readonly string[] {
  const { permissions, launcher = [] } = setups[name];
  return [...launcher, DENO, "run", ...CLOSED, ...permissions(listen), script, name];
}

/** Starts a daemon. @param script as for {@linkcode daemonArgv} */
export function startSidecar(
  name: DaemonName,
  script: string,
  { onStderr, listen }: StartOptions,
): DaemonProcess {
  return startDaemon({
    argv: daemonArgv(name, script, listen),
    user: setups[name].user,
    env: ENVIRONMENT,
    onStderr,
  });
}

/** Ends whatever a daemon that is gone has left running. @throws {Error} if that can't be done now */
export async function endLeftovers(name: DaemonName): Promise<void> {
  await endProcessesOf(setups[name].user);
}
