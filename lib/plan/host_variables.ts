/** What a bottle needs of its host's variables: credentials that stand in one, and what is forwarded. */

import { BottleError, ExitCode } from "../errors.ts";
import { credentialOf } from "../git_gate/repo_key.ts";
import type { CredentialSource } from "../manifest/credential.ts";
import { formatPlace } from "../manifest/problem.ts";
import type { Manifest, Sourced } from "../manifest/types.ts";
import type { EnvName } from "../names.ts";

/** All credentials that the manifest names, in its order: the provider's, the routes', the repositories'. */
export function listCredentials({ bottle }: Manifest): readonly Sourced<CredentialSource>[] {
  const { provider, routes, repos } = bottle;
  const { authToken } = provider.value;
  return [
    ...authToken === undefined ? [] : [{ value: authToken, place: provider.place }],
    ...routes.flatMap(({ value: { auth }, place }) =>
      auth === undefined || auth.scheme === "agent" ? [] : [{ value: auth.token_ref, place }]
    ),
    ...[...repos.values()].flatMap(({ value: { key }, place }) => {
      const value = credentialOf(key);
      return value === undefined ? [] : [{ value, place }];
    }),
  ];
}

/** The variables whose values the guest gets. */
export function listForwarded({ bottle }: Manifest): readonly Sourced<EnvName>[] {
  return [...bottle.env.values()].flatMap(({ value, place }) =>
    value.kind === "host" ? [{ value: value.name, place }] : []
  );
}

/**
 * Checks that all of them are set, before anything starts. A credential can't be empty; a forwarded variable can.
 *
 * @throws {BottleError} `host-variable-missing`, exit code 125, naming all at once
 */
export function checkHostVariables(
  manifest: Manifest,
  env: (name: string) => string | undefined,
): void {
  const missing = [
    ...listCredentials(manifest).flatMap(({ value, place }) =>
      value.kind === "env" && (env(value.name) ?? "") === "" ? [{ name: value.name, place }] : []
    ),
    ...listForwarded(manifest).flatMap(({ value: name, place }) =>
      env(name) === undefined ? [{ name, place }] : []
    ),
  ];
  const [first] = missing;
  if (first === undefined) return;
  const names = [...new Set(missing.map(({ name }) => `"${name}"`))];
  throw new BottleError(
    names.length === 1
      ? `The host variable ${names[0]} is not set`
      : `The host variables ${names.join(", ")} are not set`,
    {
      code: "host-variable-missing",
      exitCode: ExitCode.cannotStart,
      hint: "Export them in your shell; nothing was started",
      place: first.place,
      details: missing.map(({ name, place }) => `${formatPlace(place)}: "${name}"`),
    },
  );
}
