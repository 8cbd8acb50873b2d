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

/** The same for a program that has the library in it: its own process asks, with the permissions that it was given. */
export function createOwnForge(context: Pick<Context, "env">): Forge {
  return {
    send: async (request, signal) => {
      const { createSend } = await import("../../lib/deploy_key/send_request.ts");
      const { readWay } = await import("./way.ts");
      return await createSend(await readWay(request.url, context.env))(request, signal);
    },
    tokens: new Map(),
  };
}
