/** `demo` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("demo")
    .description(
      "Start a real bottle with a scripted agent and a small upstream, both in containers of their own; show what gets out and what does not; remove everything. Needs no account. The first run builds two images.",
    )
    .addHelpText(
      "after",
      examples([
        ["bot-bottle demo", "a tour, under a minute once the images are there"],
        [
          "bot-bottle demo --quiet && echo fine",
          "as a check: it fails if a step does not go as told",
        ],
      ]),
    )
    .action(() =>
      act(async (services) => {
        const { runDemo } = await import("../demo/demo.ts");
        const { tellDemo } = await import("../ui/demo_text.ts");
        const { ExitCode } = await import("../../lib/errors.ts");
        const audience = tellDemo(services);
        const failed = await runDemo(services, audience);
        audience.onEnd(failed);
        return failed === 0 ? ExitCode.ok : ExitCode.failed;
      })
    );
}
