/**
 * Requests to a forge, each sent by a process of its own: Deno permits that one the forge's host, and this program stays without a
 * network (docs/adr/0025).
 */

import type { Context } from "../../lib/context.ts";
import type { SendRequest } from "../../lib/deploy_key/api_request.ts";
import { hostsOnTheWay } from "../../lib/deploy_key/api_way.ts";
import { formatJob, parseOutcome, type SendOutcome } from "../../lib/deploy_key/request_line.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { RunResult } from "../../lib/process/run.ts";
import { narrowArgv, type ProgramForm } from "../keeper/program_argv.ts";
import { readWay } from "./way.ts";

/** More than a request may take: then it is the process that hangs. */
const PROCESS_MS = 20_000;
/** An answer of 1 MiB whose every character is escaped. */
const MAX_ANSWER = 8 * 1024 * 1024;

/** What Deno needs to find its modules; no variable of the person's that changes where requests go. */
const VARIABLES = ["HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "LD_LIBRARY_PATH"] as const;

/** Makes the sender. It reads the extra CA and the company's proxy for each request. */
export function createForgeSend(
  context: Pick<Context, "run" | "env">,
  form: ProgramForm,
): SendRequest {
  return async (request, signal) => {
    const way = await readWay(request.url, context.env);
    const flags = ["--no-prompt", `--allow-net=${hostsOnTheWay(request.url, way).join(",")}`];
    const result = await context.run(narrowArgv(form, flags, "ask-forge"), {
      stdin: formatJob({ request, way }),
      env: variablesFor(context.env),
      clearEnv: true,
      cwd: "/",
      signal,
      timeoutMs: PROCESS_MS,
      keepBytes: MAX_ANSWER,
    });
    const outcome = readOutcome(result);
    if (outcome.kind === "response") return outcome.response;
    throw outcome.error;
  };
}

function variablesFor(env: Context["env"]): Readonly<Record<string, string>> {
  const found: Record<string, string> = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" };
  for (const name of VARIABLES) {
    const value = env(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** What it says otherwise is for nobody's eyes: it has the token. */
function readOutcome({ code, stdout }: RunResult): SendOutcome {
  try {
    if (code === ExitCode.ok) return parseOutcome(JSON.parse(new TextDecoder().decode(stdout)));
  } catch {
    // Told below.
  }
  throw new BottleError(`The process that asks the forge ended with exit code ${code}`, {
    code: "deploy-key-unreachable",
    hint: "Run the command again with --verbose; if it happens each time, it is a bug",
  });
}
