/** The values of a plan's credentials: asked at each launch, given to egress, stored nowhere. */

import type { Context } from "../context.ts";
import { credentialOf } from "../git_gate/repo_key.ts";
import { credentialKey, describeCredential } from "../manifest/credential.ts";
import { listCredentials } from "../plan/host_variables.ts";
import type { BottlePlan, TokenPlan } from "../plan/plan.ts";
import type { Secret } from "../secret.ts";
import { runCredentialCommand } from "./command.ts";
import { credentialError, type PlacedCredential } from "./error.ts";
import { readCredentialFile } from "./file.ts";
import { credentialValue } from "./value.ts";

/** What asking takes. */
export interface AskContext extends Pick<Context, "env" | "run" | "out" | "signal"> {
  /** A person sits at the terminal, and a command may ask them. */
  readonly mayAsk: boolean;
  /** Told of each command before it runs: it may ask for a passphrase of its own accord. */
  readonly onCommand?: (command: string) => void;
}

/**
 * Asks each source once, commands last and one after the other: each may want the terminal.
 *
 * @returns values by `credentialKey`
 * @throws {BottleError} `host-variable-missing`, `credential-file`, `credential-command`, `credential-timeout`,
 * `credential-invalid`, `credential-mismatch`; exit code 125, with the place in the manifest
 */
export async function askCredentials(
  plan: BottlePlan,
  context: AskContext,
): Promise<ReadonlyMap<string, Secret>> {
  // Of several places the first: there a reader begins.
  const places = new Map(
    listCredentials(plan.manifest).toReversed().map((
      { value, place },
    ) => [credentialKey(value), place]),
  );
  const secrets = new Map<string, Secret>();
  for (const wanted of wantedBy(plan).toSorted(commandsLast)) {
    const key = credentialKey(wanted.ref);
    // A route and a repository may name the same one.
    if (secrets.has(key)) continue;
    const place = places.get(key);
    const placed = { source: wanted.ref, ...(place && { place }) };
    const secret = await askCredential(placed, context);
    refuseOtherKind(placed, wanted, secret);
    secrets.set(key, secret);
  }
  return secrets;
}

type Wanted = Pick<TokenPlan, "ref" | "expects">;

/** Egress's first: of a source that both name, only egress may know what it has to be like. */
function wantedBy({ egress, gitGate }: BottlePlan): readonly Wanted[] {
  return [
    ...egress.tokens,
    ...gitGate.repos.flatMap(({ key }) => {
      const ref = credentialOf(key);
      return ref === undefined ? [] : [{ ref }];
    }),
  ];
}

/** Asks one source. @throws {BottleError} as {@linkcode askCredentials}, but for `credential-mismatch` */
export async function askCredential(
  placed: PlacedCredential,
  context: AskContext,
): Promise<Secret> {
  const { source, ...rest } = placed;
  switch (source.kind) {
    case "env": {
      const value = context.env(source.name);
      if (value !== undefined) return credentialValue(placed, new TextEncoder().encode(value));
      throw credentialError(placed, {
        code: "host-variable-missing",
        why: "is not set",
        hint: "Export it in your shell; nothing was started",
      });
    }
    case "file":
      return await readCredentialFile({ ...rest, source }, context.env);
    case "command":
      context.onCommand?.(describeCredential(source));
      return await runCredentialCommand({ ...rest, source }, context);
  }
  return source satisfies never;
}

function refuseOtherKind(placed: PlacedCredential, { expects }: Wanted, secret: Secret): void {
  if (expects === undefined || secret.startsWith(expects.prefix)) return;
  throw credentialError(placed, {
    code: "credential-mismatch",
    why:
      `gives another kind of credential than is planned for: it does not begin with "${expects.prefix}"`,
    hint: expects.hint,
  });
}

function commandsLast(a: Wanted, b: Wanted): number {
  return Number(a.ref.kind === "command") - Number(b.ref.kind === "command");
}
