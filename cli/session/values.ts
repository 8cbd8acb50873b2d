/** The values that a launch needs and a plan only names: credentials, forwarded variables, answers. Never stored. */

import { type AskContext, askCredentials } from "../../lib/credential/ask.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { Secret } from "../../lib/secret.ts";

/**
 * All that a launch needs, by `credentialKey`: credentials, asked of their sources now, and variables that the guest gets. Commands
 * run last, when nothing else is missing.
 *
 * @throws {BottleError} what `askCredentials` says; exit code 125
 */
export async function resolveSecrets(
  plan: BottlePlan,
  context: AskContext,
): Promise<ReadonlyMap<string, Secret>> {
  const forwarded = forwardedSecrets(plan, context.env);
  return new Map([...forwarded, ...await askCredentials(plan, context)]);
}

/**
 * The host's variables that the guest gets, by name: no credential of egress's is asked for.
 *
 * @throws {BottleError} `host-variable-missing`; exit code 125
 */
export function forwardedSecrets(
  plan: BottlePlan,
  env: (name: string) => string | undefined,
): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const source of plan.fields.env.values()) {
    if (source.kind !== "host") continue;
    const value = env(source.name);
    if (value === undefined) {
      throw new BottleError(`The host variable "${source.name}" is not set`, {
        code: "host-variable-missing",
        exitCode: ExitCode.cannotStart,
        hint: "Export it in your shell; nothing was started",
      });
    }
    secrets.set(source.name, new Secret(value));
  }
  return secrets;
}

/** Asks for the variables that the manifest says to ask for. */
export async function resolveAnswers(
  plan: BottlePlan,
  ask: (variable: string, question: string) => Promise<string>,
): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  for (const [variable, value] of plan.fields.env) {
    if (value.kind === "ask") answers.set(variable, await ask(variable, value.question));
  }
  return answers;
}

/**
 * What every program of a bottle must get as the first got it: the provider's variables, whose placeholders each plan draws anew, and
 * what came from the host or from the person.
 */
export function keptValues(
  plan: BottlePlan,
  secrets: ReadonlyMap<string, Secret>,
  answers: ReadonlyMap<string, string>,
): Record<string, string> {
  // The manifest's go over the provider's.
  const provider = Object.entries(plan.agent.env).filter(([name]) => !plan.fields.env.has(name));
  return { ...Object.fromEntries(provider), ...guestValues(plan, secrets, answers) };
}

/** What the guest's programs get of them, by the guest's variable: not the credentials, which only egress gets. */
function guestValues(
  plan: BottlePlan,
  secrets: ReadonlyMap<string, Secret>,
  answers: ReadonlyMap<string, string>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [variable, value] of plan.fields.env) {
    const text = value.kind === "host"
      ? secrets.get(value.name)?.reveal()
      : value.kind === "ask"
      ? answers.get(variable)
      : undefined;
    if (text !== undefined) values[variable] = text;
  }
  return values;
}
