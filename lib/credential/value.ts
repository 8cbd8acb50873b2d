/** From what a source holds to a credential's value. */

import { isHeaderValue } from "../egress/credential/credentials.ts";
import { Secret } from "../secret.ts";
import { credentialError, type PlacedCredential } from "./error.ts";

/** 64 KiB: no token is that long, and no program should print so much. */
export const MAX_CREDENTIAL_BYTES = 65_536;

/**
 * The value: what is there, without one line end at its end. It is sent in a header, so it is one line of visible
 * ASCII and inner spaces.
 *
 * @throws {BottleError} `credential-invalid`
 */
export function credentialValue(placed: PlacedCredential, bytes: Uint8Array): Secret {
  const text = new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
  if (isHeaderValue(text)) return new Secret(text);
  throw credentialError(placed, {
    code: "credential-invalid",
    why: text === ""
      ? "gives no credential: it is empty"
      : "gives something else than a credential",
    hint: text === ""
      ? "It must give the credential and nothing else"
      : "It must give one line of visible ASCII, the credential and nothing else",
  });
}
