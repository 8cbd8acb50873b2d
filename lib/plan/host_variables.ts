/** The host's variables that a bottle needs. */

import { BottleError, ExitCode } from "../errors.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { Manifest, Sourced } from "../manifest/types.ts";

/** A variable, where it is named, and what for. */
export interface HostVariable extends Sourced<string> {
  /** A credential can't be empty; a forwarded variable can. */
  readonly isCredential: boolean;
}

/** All that the manifest names, in its order: the provider's credential, the routes', then what is forwarded. */
export function listHostVariables({ bottle }: Manifest): readonly HostVariable[] {
  const { provider, routes, env } = bottle;
  const { authToken } = provider.value;
  return [
    ...authToken === undefined ? [] : [credential(authToken, provider)],
    ...routes.flatMap((route) =>
      route.value.auth === undefined ? [] : [credential(route.value.auth.token_ref, route)]
    ),
    ...[...env.values()].flatMap(({ value, place }) =>
      value.kind === "host" ? [{ value: value.name, place, isCredential: false }] : []
    ),
  ];
}

/**
 * Checks that all of them are set, before anything starts.
 *
 * @throws {BottleError} `host-variable-missing`, exit code 125, naming all at once
 */
export function checkHostVariables(
  manifest: Manifest,
  env: (name: string) => string | undefined,
): void {
  const missing = listHostVariables(manifest).filter(({ value, isCredential }) =>
    isCredential ? (env(value) ?? "") === "" : env(value) === undefined
  );
  const [first] = missing;
  if (first === undefined) return;
  const names = [...new Set(missing.map(({ value }) => `"${value}"`))];
  throw new BottleError(
    names.length === 1
      ? `The host variable ${names[0]} is not set`
      : `The host variables ${names.join(", ")} are not set`,
    {
      code: "host-variable-missing",
      exitCode: ExitCode.cannotStart,
      hint: "Export them in your shell; nothing was started",
      place: first.place,
      details: missing.map(({ value, place }) => `${formatPlace(place)}: "${value}"`),
    },
  );
}

function credential(name: string, { place }: Sourced<unknown>): HostVariable {
  return { value: name, place, isCredential: true };
}
