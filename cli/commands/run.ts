/** `run` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import { collectNetwork, parseTime } from "../arguments.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("run")
    .description(
      "Run an agent on one prompt, without a terminal and without questions. Its output is streamed, its exit code is the command's.",
    )
    .argument("<agent>", "name of an agent")
    .requiredOption("-p, --prompt <text>", "what to do; - reads it from stdin")
    .option("--bottle <name>", "another bottle than the agent's own")
    .option("--label <text>", "shown by list")
    .option(
      "--bundle-network <name[=host,...]>",
      "join the bundle to an engine network; the hosts may have addresses in it (repeatable)",
      collectNetwork,
    )
    .option("--timeout <time>", "end it after 90s, 10m, 8h; exit code 124", parseTime)
    .option("--trust-repo", "take an agent that the repository brings")
    .option("--keep", "keep the bottle when the agent ends")
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
        const { printRunEnd } = await import("../ui/started.ts");
        const { readPrompt } = await import("../session/prompt.ts");
        const ending = await run(services, {
          request: {
            agent,
            keep: options.keep ?? false,
            ...(options.bottle === undefined ? {} : { bottle: options.bottle }),
            ...(options.label === undefined ? {} : { label: options.label }),
            ...(options.bundleNetwork === undefined
              ? {}
              : { bundleNetworks: options.bundleNetwork }),
          },
          prompt: await readPrompt(services, options.prompt),
          trustRepository: options.trustRepo ?? false,
          ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
        });
        return printRunEnd(services, ending, options.json ?? false);
      })
    );
}
