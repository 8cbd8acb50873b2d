/** `init` */

import { Command, type CommandUnknownOpts, Option } from "../../lib/deps/commander.ts";
import type { Act, Services } from "../command.ts";
import { examples } from "../examples.ts";
import type { FirstBottle } from "../session/init.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("init")
    .description(
      "Write a first bottle and agent into the home. Asks what the options leave open; never overwrites a file.",
    )
    .addOption(
      new Option("--provider <name>", "which agent program").choices(
        ["claude", "scripted"] as const,
      ),
    )
    .option("--auth-token <variable>", "claude: name of the host variable with your token")
    .option("--agent <name>", "name of the agent")
    .option("--bottle <name>", "name of the bottle", "dev")
    .option("--host <host>", "a host that the agent may read from")
    .option("-y, --yes", "don't ask: take the defaults for what is left open")
    .option("--json", "for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle init", "at most four questions"],
        ["bot-bottle init --yes --provider claude", "none"],
      ]),
    )
    .action((options) =>
      act(async (services) => {
        const { writeFirstBottle } = await import("../session/init.ts");
        const first = await complete(services, { ...options, yes: options.yes ?? false });
        const written = await writeFirstBottle(services.context.home, first);
        const { out } = services.context;
        if (options.json) {
          out.stdout(
            `${
              JSON.stringify({ agent_file: written.agentFile, bottle_file: written.bottleFile })
            }\n`,
          );
        } else {
          out.stdout(`${written.bottleFile}\n${written.agentFile}\n`);
        }
        if (!services.settings.quiet) {
          out.stderr(
            `Written. See what would happen: \`bot-bottle start ${first.agent} --dry-run\`\n`,
          );
        }
        return 0;
      })
    );
}

/** What the command line gave. */
interface Given {
  readonly provider?: FirstBottle["provider"] | undefined;
  readonly authToken?: string | undefined;
  readonly agent?: string | undefined;
  readonly bottle: string;
  readonly host?: string | undefined;
  readonly yes: boolean;
}

async function complete(services: Services, given: Given): Promise<FirstBottle> {
  const { askText } = await import("../ui/ask.ts");
  const { env } = services.context;
  const ask = (question: string, fallback: string): Promise<string> =>
    given.yes
      ? Promise.resolve(fallback)
      : askText(services, question, { fallback, insteadHint: "Pass --yes, or the option for it" });

  const provider = given.provider ??
    asProvider(await ask("Agent program: claude or scripted", "claude"));
  const variable = (env("ANTHROPIC_API_KEY") ?? "") === ""
    ? "CLAUDE_CODE_OAUTH_TOKEN"
    : "ANTHROPIC_API_KEY";
  const authToken = provider === "scripted"
    ? null
    : given.authToken ?? await ask("Variable with your Anthropic token", variable);
  const agent = given.agent ?? await ask("Name of the agent", "coder");
  const host = given.host ?? await ask("A host that it may read from, or nothing", "");
  return { provider, authToken, agent, bottle: given.bottle, host: host === "" ? null : host };
}

function asProvider(text: string): FirstBottle["provider"] {
  return text === "scripted" ? "scripted" : "claude";
}
