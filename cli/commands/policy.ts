/** `policy` */

import { Command, type CommandUnknownOpts } from "../../lib/deps/commander.ts";
import type { Act } from "../command.ts";
import { examples } from "../examples.ts";
import { collectFields, parseMethod } from "../policy_arguments.ts";
import { badUsage } from "../usage.ts";

/** The command. */
export function define(act: Act): CommandUnknownOpts {
  return new Command("policy")
    .description(
      "Ask what the routes of an agent let pass, and what they open that nobody may have meant. Starts no bottle, and needs no engine.",
    )
    .helpCommand(false)
    .addCommand(test(act))
    .addCommand(lint(act))
    .addHelpText(
      "after",
      examples([
        ["bot-bottle policy test reviewer GET https://api.github.com/repos/x/y", "would it pass"],
        ["bot-bottle policy lint", "what every bottle opens"],
      ]),
    )
    .action(() => {
      throw badUsage("What of the policy?", "Write policy test or policy lint");
    });
}

function test(act: Act): CommandUnknownOpts {
  return new Command("test")
    .summary("Say whether a request would pass, and which step decides")
    .description(
      "Say what egress would do with one request, step by step: the same code, on the routes of the agent's plan. Exit code 0 if it would pass, 3 if it would be refused.",
    )
    .argument("<agent>", "an agent, or the slug of a bottle")
    .argument("<method>", "GET, POST, …", parseMethod)
    .argument("<url>", "as a client would ask for it; nothing in it is put right")
    .option("-H, --header <field>", "'name: value', sent with it (repeatable)", collectFields)
    .option(
      "--address <address>",
      "what the host resolves to (repeatable); without, its address is left open",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option("--resolve", "ask this machine's resolver for the host's addresses")
    .option("--bottle <name>", "another bottle than the agent's own")
    .option("--json", "the answer for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle policy test reviewer GET https://api.github.com/user", "with its token?"],
        ["bot-bottle policy test reviewer POST https://api.example.com/v1 -H 'cookie: a=b'", ""],
        ["bot-bottle policy test reviewer-4k2pz GET http://deb.debian.org/debian/", "of a bottle"],
      ]),
    )
    .action((name, method, url, options) =>
      act(async (services) => {
        const { testPolicy } = await import("../session/policy_test.ts");
        const { policyJson, policyLines } = await import("../ui/policy_answer.ts");
        const { ExitCode } = await import("../../lib/errors.ts");
        const answer = await testPolicy(services, {
          name,
          bottle: options.bottle,
          asked: { method, url, headers: options.header ?? [] },
          addresses: options.address ?? [],
          resolve: options.resolve ?? false,
        });
        const { out } = services.context;
        const lines = options.json
          ? [JSON.stringify(policyJson(answer))]
          : policyLines(answer, out);
        for (const line of lines) out.stdout(`${line}\n`);
        return answer.explained.verdict === "passes" ? ExitCode.ok : ExitCode.findings;
      })
    );
}

function lint(act: Act): CommandUnknownOpts {
  return new Command("lint")
    .summary("Find what routes open that nobody may have meant")
    .description(
      "Read the routes of agents and bottles, and tell what they open that nobody may have meant: places where anybody can have a page or a bucket, credentials that may write, TLS that is not looked into. Exit code 3 if there is a warning.",
    )
    .argument("[names...]", "agents and bottles; every bottle of the home if left out")
    .option("--strict", "exit code 3 for notes too")
    .option("--json", "the findings for a program")
    .addHelpText(
      "after",
      examples([
        ["bot-bottle policy lint", "every bottle"],
        ["bot-bottle policy lint reviewer --strict", "of one agent, nothing let through"],
      ]),
    )
    .action((names, options) =>
      act(async (services) => {
        const { lintPolicy } = await import("../session/policy_lint.ts");
        const { findingJson, findingLines } = await import("../ui/policy_findings.ts");
        const { ExitCode } = await import("../../lib/errors.ts");
        const findings = await lintPolicy(services, names);
        const { out } = services.context;
        const lines = options.json
          ? [JSON.stringify({ findings: findings.map(findingJson) })]
          : findingLines(findings, out);
        for (const line of lines) out.stdout(`${line}\n`);
        const counted = findings.filter(({ severity }) => options.strict || severity !== "note");
        return counted.length === 0 ? ExitCode.ok : ExitCode.findings;
      })
    );
}
