/** The values that a launch needs and a plan only names: credentials, forwarded variables, answers. Never stored. */

import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import { Secret } from "../../lib/secret.ts";

/** Host variables that a plan needs a value of: credentials first, then what is forwarded to the guest. */
export function hostVariables(plan: BottlePlan): string[] {
  const names = new Set<string>(
    plan.egress.tokens.flatMap(({ ref }) => ref.kind === "env" ? [ref.name] : []),
  );
  for (const value of plan.fields.env.values()) if (value.kind === "host") names.add(value.name);
  return [...names];
}

/** Reads them from the host's environment; planning has made sure that they are set. */
export function resolveSecrets(
  plan: BottlePlan,
  env: (name: string) => string | undefined,
): ReadonlyMap<string, Secret> {
  const secrets = new Map<string, Secret>();
  for (const name of hostVariables(plan)) {
    const value = env(name);
    if (value === undefined) {
      throw new BottleError(`The host variable "${name}" is not set`, {
        code: "host-variable-missing",
        exitCode: ExitCode.cannotStart,
        hint: "Export it in your shell; nothing was started",
      });
    }
    secrets.set(name, new Secret(value));
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

/** What the guest's programs get of them, by the guest's variable: not the credentials, which only egress gets. */
export function guestValues(
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
