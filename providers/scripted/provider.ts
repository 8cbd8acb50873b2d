/** A guest that runs a given script instead of an agent program: for the demo, and for tests. */

import { BottleError } from "../../lib/errors.ts";
import type { AgentCommand } from "../../lib/plan/agent_plan.ts";
import type { AgentProvider } from "../provider.ts";
import dockerfile from "./Dockerfile" with { type: "text" };

const GUEST_HOME = "/home/node";

/** The body of the agent's manifest is the script; `run --prompt` gives another one. Both are read by bash. */
export const scripted: AgentProvider = {
  name: "scripted",
  guestHome: GUEST_HOME,
  dockerfile,
  plan: ({ manifest }) => {
    const { value, place } = manifest.bottle.provider;
    if (value.authToken !== undefined) {
      throw new BottleError(`The provider "scripted" takes no "auth_token"`, {
        code: "auth-token-unsupported",
        place,
        hint: "Put the credential on a route: egress.routes[].auth.token_ref",
      });
    }
    return {
      promptFile: `${GUEST_HOME}/.bot-bottle/prompt.sh`,
      env: {},
      files: [],
      commands: [],
      routes: [],
      skillsFolder: `${GUEST_HOME}/skills`,
      launch: scriptCommand,
      resume: scriptCommand,
      headless: () => ({ argv: ["bash", "-s"], stdin: "prompt" }),
      transcriptPaths: [],
    };
  },
};

/** Without a script: a shell. */
function scriptCommand(promptPath: string | null): AgentCommand {
  return { argv: ["bash", ...promptPath === null ? [] : [promptPath]], stdin: "terminal" };
}
