/** `doctor` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";

/** What a second Ctrl-C would leave; nothing where no bottle was started yet. */
const LEFTOVER = "the self-test's bottle: `bot-bottle cleanup` removes it";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("doctor")
    .description(
      "Look at all that a bottle depends on: versions, engine, limits really in force, disk, certificates, addresses, gVisor, manifests; then start a real bottle, test its isolation and remove it. Each finding comes with its fix. Exit code 1 if there is a problem.",
    )
    .option("--no-self-test", "start no bottle and build no image")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle doctor", "about five seconds once the images are there"],
        ["bot-bottle doctor --no-self-test", "a look that starts no bottle"],
        ["bot-bottle doctor --json | jq '.findings[] | select(.level == \"problem\")'", ""],
      ]),
    )
    .action((options) =>
      act(async (services) => {
        const { examine } = await import("../doctor/doctor.ts");
        const { doctorJson, doctorLines } = await import("../ui/doctor_text.ts");
        const { createProgress } = await import("../ui/progress.ts");
        const { ExitCode } = await import("../../lib/errors.ts");
        const { context, settings, leftovers } = services;
        const { out } = context;
        leftovers.add(LEFTOVER);
        using progress = createProgress(context, settings);
        const findings = await examine(services, { selfTest: options.selfTest, progress });
        leftovers.clear();
        if (options.json) out.stdout(doctorJson(findings));
        else for (const line of doctorLines(findings, out)) out.stdout(`${line}\n`);
        const isFine = findings.every(({ level }) => level !== "problem");
        return isFine ? ExitCode.ok : ExitCode.failed;
      })
    );
}
