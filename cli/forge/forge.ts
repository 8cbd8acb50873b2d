/** What the verbs need to change deploy keys at a forge. Tests hand in their own. */

import type { Context } from "../../lib/context.ts";
import type { SendRequest } from "../../lib/deploy_key/api_request.ts";
import type { Secret } from "../../lib/secret.ts";
import type { ProgramForm } from "../keeper/program_argv.ts";

/** Forges, as the verbs see them. */
export interface Forge {
  /** Sends a request. */
  readonly send: SendRequest;
  /** Tokens that this process has asked for, by `credentialKey`: a command that asks a person does so once. */
  readonly tokens: Map<string, Secret>;
}

/** Starts nothing before a request is sent. */
export function createForge(context: Pick<Context, "run" | "env">, form: ProgramForm): Forge {
  return {
    send: async (request, signal) => {
      const { createForgeSend } = await import("./send.ts");
      return await createForgeSend(context, form)(request, signal);
    },
    tokens: new Map(),
  };
}
