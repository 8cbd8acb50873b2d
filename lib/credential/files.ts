/** The credentials of a manifest that stand in files, read while planning: what is wrong with one is said before anything starts. */

import { credentialKey } from "../manifest/credential.ts";
import type { Manifest } from "../manifest/types.ts";
import { listCredentials } from "../plan/host_variables.ts";
import type { Secret } from "../secret.ts";
import { readCredentialFile } from "./file.ts";

/**
 * Reads them, for what is wrong with them and for their kind. A plan keeps no value: a launch reads them again.
 *
 * @returns values by `credentialKey`
 * @throws {BottleError} `credential-file`, `credential-invalid`; exit code 125
 */
export async function readCredentialFiles(
  manifest: Manifest,
  env: (name: string) => string | undefined,
): Promise<ReadonlyMap<string, Secret>> {
  const secrets = new Map<string, Secret>();
  for (const { value: source, place } of listCredentials(manifest)) {
    if (source.kind !== "file") continue;
    secrets.set(credentialKey(source), await readCredentialFile({ source, place }, env));
  }
  return secrets;
}
