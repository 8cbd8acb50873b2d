/** A credential that stands in a file of the person's. */

import type { Secret } from "../secret.ts";
import { credentialError, type PlacedCredential } from "./error.ts";
import { readPrivateFile } from "./private_file.ts";
import { credentialValue, MAX_CREDENTIAL_BYTES } from "./value.ts";

/** A file, and where a manifest names it. */
export interface PlacedFile extends PlacedCredential {
  readonly source: Extract<PlacedCredential["source"], { kind: "file" }>;
}

/**
 * Reads it, as {@linkcode readPrivateFile} reads files.
 *
 * @param env HOME is what `~` stands for
 * @throws {BottleError} `credential-file`, `credential-invalid`; exit code 125
 */
export async function readCredentialFile(
  placed: PlacedFile,
  env: (name: string) => string | undefined,
): Promise<Secret> {
  const { path } = placed.source;
  const file = await readPrivateFile({ path, maxBytes: MAX_CREDENTIAL_BYTES, env });
  if (file.ok) return credentialValue(placed, file.bytes);
  const { kind, ...fault } = file.fault;
  throw credentialError(placed, {
    code: "credential-file",
    ...fault,
    ...kind === "missing" ? { hint: `Put the credential into it, with mode 0600: ${path}` } : {},
  });
}
