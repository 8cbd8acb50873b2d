/** The person's yes. */

import { escapeControl } from "../../lib/egress/escape.ts";
import { BottleError, ExitCode } from "../../lib/errors.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import { askText, confirm } from "../ui/ask.ts";
import type { Secret } from "../../lib/secret.ts";
import { preflightText } from "../ui/preflight.ts";
import { resolveAnswers, resolveSecrets } from "./values.ts";

/** What the command line says for the person. */
export interface Agreement {
  /** `--yes` */
  readonly yes: boolean;
  /** `--trust-repo` */
  readonly trustRepository: boolean;
}

/**
 * Shows the plan and asks. With `--yes` it isn't asked, but an agent that comes with a repository then needs `--trust-repo`:
 * its prompt is somebody else's.
 *
 * @returns whether to go on
 * @throws {BottleError} `repository-untrusted`, `no-terminal`
 */
export async function agree(
  services: Services,
  plan: BottlePlan,
  agreement: Agreement,
): Promise<boolean> {
  const { out } = services.context;
  if (agreement.yes) refuseUntrusted(plan, agreement);
  if (!agreement.yes || !services.settings.quiet) out.stderr(preflightText(plan, out));
  return agreement.yes || await confirm(services, "Start it?", "--yes");
}

/** @throws {BottleError} `repository-untrusted` */
export function refuseUntrusted(
  plan: BottlePlan,
  agreement: Pick<Agreement, "trustRepository">,
): void {
  const { agent } = plan.manifest;
  if (agent.origin !== "repository" || agreement.trustRepository) return;
  throw new BottleError(
    `The agent "${agent.name}" comes with the repository, and nobody is asked`,
    {
      code: "repository-untrusted",
      exitCode: ExitCode.usage,
      hint: "Read its prompt, then pass --trust-repo",
      place: { file: agent.file },
    },
  );
}

/**
 * Asks the sources of the credentials, after the yes.
 *
 * @param mayAsk whether a command may ask the person at the terminal, for a passphrase
 * @throws {BottleError} what `resolveSecrets` says; exit code 125
 */
export async function askForSecrets(
  { context, settings }: Services,
  plan: BottlePlan,
  mayAsk: boolean,
): Promise<ReadonlyMap<string, Secret>> {
  return await resolveSecrets(plan, {
    ...context,
    mayAsk,
    onCommand: (command) => {
      if (!settings.quiet) {
        context.out.stderr(`Running ${escapeControl(command)} for a credential\n`);
      }
    },
  });
}

/** Asks what the bottle says to ask. @throws {BottleError} `no-terminal` */
export async function askForValues(
  services: Services,
  plan: BottlePlan,
): Promise<ReadonlyMap<string, string>> {
  return await resolveAnswers(
    plan,
    (variable, question) =>
      askText(services, `${question} [${variable}]`, {
        insteadHint:
          `Run it in a terminal, or let the bottle take ${variable} from a host variable`,
      }),
  );
}
