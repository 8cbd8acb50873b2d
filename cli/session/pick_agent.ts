/** Which agent, where the command line does not say. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import { ManifestIndex } from "../../lib/manifest/index.ts";
import type { Services } from "../command.ts";
import { badUsage } from "../usage.ts";

/**
 * The only agent there is, or the one that the person picks from a list.
 *
 * @throws {BottleError} `agent-unknown` if there is none; `usage` where nobody can pick
 */
export async function pickAgent(services: Services): Promise<string> {
  const { context } = services;
  const index = await ManifestIndex.load({ home: context.home, cwd: context.cwd });
  const agents = index.agents();
  const [first, ...others] = agents;
  if (first === undefined) {
    throw new BottleError(`There is no agent in "${context.home}"`, {
      code: "agent-unknown",
      hint: "`bot-bottle init` writes a first one",
    });
  }
  if (others.length === 0) return first.name;
  if (!context.out.isTerminal.stdin || !context.out.isTerminal.stderr) {
    throw badUsage("Which agent? stdin is not a terminal", `Name one: ${names(agents)}`);
  }
  const { isCancel, select } = await import("../../lib/deps/clack.ts");
  const picked = await select({
    message: "Which agent?",
    options: agents.map(({ name, origin, file }) => ({ value: name, hint: `${origin}: ${file}` })),
    signal: context.signal,
  });
  if (!isCancel(picked)) return picked;
  throw new BottleError("No agent was picked", {
    code: "interrupted",
    exitCode: ExitCode.interrupted,
  });
}

function names(agents: readonly { readonly name: string }[]): string {
  return agents.map((agent) => agent.name).join(", ");
}
