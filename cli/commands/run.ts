/** `run` */

import type { CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { parseTime } from "../arguments.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";
import { launchCommand, launchRequest } from "../launch_options.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return launchCommand("run")
    .description(
      "Run an agent on one prompt, without a terminal and without questions. Its output is streamed, its exit code is the command's.",
    )
    .argument("<agent>", "name of an agent")
    .requiredOption("-p, --prompt <text>", "what to do; - reads it from stdin")
    .option("--timeout <time>", "end it after 90s, 10m, 8h; exit code 124", parseTime)
    .option("--trust-repo", "take an agent that the repository brings")
    .option("--json", "end with a line of JSON: slug, exit_code, by, duration_ms, requests, …")
    .addHelpText(
      "after",
      examples([
        ['bot-bottle run reviewer --prompt "Review the last commit"', ""],
        ["git diff | bot-bottle run reviewer --prompt - --timeout 10m", "prompt from a pipe"],
        ["bot-bottle run reviewer --prompt - --json < task.md | tail -n 1", "only the summary"],
      ]),
    )
    .action((agent, options) =>
      act(async (services) => {
        const { run } = await import("../session/start.ts");
        const { findWorkspace } = await import("../session/workspace.ts");
        const { printRunEnd } = await import("../ui/started.ts");
        const { readPrompt } = await import("../session/prompt.ts");
        const workspace = await findWorkspace(services.context, options);
        const ending = await run(services, {
          request: {
            agent,
            ...launchRequest(options),
            ...workspace,
          },
          prompt: await readPrompt(services, options.prompt),
          trustRepository: options.trustRepo ?? false,
          ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
        });
        return printRunEnd(services, ending, options.json ?? false);
      })
    );
}
