/** What goes wrong when a credential is asked for. Never with a value, or with anything that a program printed. */

import { BottleError, ExitCode } from "../errors.ts";
import { type CredentialSource, nameCredential } from "../manifest/credential.ts";
import type { SourcePlace } from "../errors.ts";

/** A source, and where a manifest names it; a provider's own has no place. */
export interface PlacedCredential {
  readonly source: CredentialSource;
  readonly place?: SourcePlace;
}

/** What is wrong with one. */
export interface CredentialFault {
  readonly code: string;
  /** What follows the source's name in the message: `failed with exit code 1`. */
  readonly why: string;
  readonly hint: string;
  readonly cause?: unknown;
}

/** The error, with the place in the manifest and exit code 125: nothing was started. */
export function credentialError(
  { source, place }: PlacedCredential,
  { code, why, hint, cause }: CredentialFault,
): BottleError {
  return new BottleError(`${nameCredential(source)} ${why}`, {
    code,
    exitCode: ExitCode.cannotStart,
    hint,
    cause,
    ...(place && { place }),
  });
}
