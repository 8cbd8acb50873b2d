/** From a credential's source to its value, where the value is handed to the bundle. */

import { BottleError, ExitCode } from "../errors.ts";
import { credentialKey, type CredentialSource, nameCredential } from "../manifest/credential.ts";
import type { Secret } from "../secret.ts";

/**
 * The value itself.
 *
 * @param secrets by `credentialKey`
 * @throws {BottleError} `credential-missing`, exit code 125
 */
export function revealCredential(
  source: CredentialSource,
  secrets: ReadonlyMap<string, Secret>,
): string {
  const secret = secrets.get(credentialKey(source));
  if (secret !== undefined) return secret.reveal();
  throw new BottleError(`${nameCredential(source)} was not asked for its value`, {
    code: "credential-missing",
    exitCode: ExitCode.cannotStart,
  });
}
