/** `docker exec` of a command in the guest: the argv, and the environment of the `docker` process. */

import type { GuestUser } from "../../lib/bottle.ts";
import { EXEC_MARK } from "./guest_kill.ts";
import { userArgs } from "./guest_user.ts";

/** What {@linkcode guestExec} needs. */
export interface GuestExec {
  readonly container: string;
  readonly argv: readonly string[];
  readonly user: GuestUser;
  readonly cwd: string;
  readonly home: string;
  /** Variables of the guest. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: "closed" | "open" | "terminal";
  /** Marks the command, so that it can be ended from outside; no secret. */
  readonly mark?: string;
}

/** A call of the engine: arguments, and variables for the `docker` process itself. */
export interface EngineCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Gives variables their own names again. `docker exec -e NAME` takes the value from the environment of the `docker`
 * process, which reads many names itself (`HTTPS_PROXY`, `DOCKER_HOST`, `SSL_CERT_FILE`, the loader's): under its own
 * name a guest's variable would change how the engine is called. So each travels as `BOT_BOTTLE_ENV_<n>`, which no
 * manifest may set (nor the script's own names), and no value is ever on an argv.
 */
const RENAME = `BOT_BOTTLE_ENV_LEFT=$1; shift
for ((BOT_BOTTLE_ENV_AT = 0; BOT_BOTTLE_ENV_AT < BOT_BOTTLE_ENV_LEFT; BOT_BOTTLE_ENV_AT++)); do
  BOT_BOTTLE_ENV_FROM=BOT_BOTTLE_ENV_$BOT_BOTTLE_ENV_AT
  export "$1=\${!BOT_BOTTLE_ENV_FROM}" || exit 126
  unset "$BOT_BOTTLE_ENV_FROM"
  shift
done
unset BOT_BOTTLE_ENV_LEFT BOT_BOTTLE_ENV_AT BOT_BOTTLE_ENV_FROM
exec "$@"`;

/** Keys that `docker` would take as "let go of the terminal": none that a program uses. */
const DETACH_KEYS = "ctrl-^,ctrl-@,ctrl-^";

/** Builds the call. */
export function guestExec(exec: GuestExec): EngineCall {
  const names = Object.keys(exec.env);
  const travelling = names.map((_, index) => `BOT_BOTTLE_ENV_${index}`);
  const args = [
    "exec",
    ...stdinArgs(exec.stdin),
    ...userArgs(exec.user),
    "--workdir",
    exec.cwd,
    "--env",
    `HOME=${exec.home}`,
    "--env",
    `USER=${exec.user}`,
    ...(exec.mark === undefined ? [] : ["--env", `${EXEC_MARK}=${exec.mark}`]),
    ...travelling.flatMap((name) => ["--env", name]),
    exec.container,
    ...(names.length === 0 ? [] : ["bash", "-c", RENAME, "bash", String(names.length), ...names]),
    ...exec.argv,
  ];
  const env = Object.fromEntries(
    names.map((name, index) => [`BOT_BOTTLE_ENV_${index}`, exec.env[name] ?? ""]),
  );
  return { args, env };
}

function stdinArgs(stdin: GuestExec["stdin"]): string[] {
  switch (stdin) {
    case "closed":
      return [];
    case "open":
      return ["--interactive"];
    case "terminal":
      return ["--interactive", "--tty", "--detach-keys", DETACH_KEYS];
    default:
      return stdin satisfies never;
  }
}
