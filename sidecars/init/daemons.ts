/** How init starts each daemon: under its own user, with the permissions that it needs and no environment. */

import { type DaemonName, LEDGER_FOLDER } from "../../lib/control/protocol.ts";
import { type DaemonProcess, startDaemon } from "../../lib/process/daemon.ts";

/** Where the image has Deno. */
export const DENO = "/usr/local/bin/deno";

interface DaemonSetup {
  readonly user: { readonly uid: number; readonly gid: number };
  readonly permissions: readonly string[];
}

const setups: Readonly<Record<DaemonName, DaemonSetup>> = {
  egress: { user: { uid: 1001, gid: 1001 }, permissions: ["--allow-net"] },
  supervise: {
    user: { uid: 1003, gid: 1003 },
    permissions: [`--allow-read=${LEDGER_FOLDER}`, `--allow-write=${LEDGER_FOLDER}`],
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

/** The argv of a daemon. @param script the bundled file that init itself runs from */
export function daemonArgv(name: DaemonName, script: string): readonly string[] {
  return [DENO, "run", ...CLOSED, ...setups[name].permissions, script, name];
}

/** Starts a daemon. @param script as for {@linkcode daemonArgv} */
export function startSidecar(
  name: DaemonName,
  script: string,
  onStderr: (line: string) => void,
): DaemonProcess {
  return startDaemon({
    argv: daemonArgv(name, script),
    user: setups[name].user,
    env: ENVIRONMENT,
    onStderr,
  });
}
