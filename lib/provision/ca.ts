/** The bottle's certificate in the guest's trust store. */

import { BottleError } from "../errors.ts";
import type { Bottle } from "../bottle.ts";
import { GUEST_CA_BASE, GUEST_CA_BUNDLE, GUEST_CA_FILE } from "./ca_paths.ts";
import { CA_SCRIPT } from "./ca_script.ts";
import { certificateFingerprints } from "./pem.ts";
import { runInGuest } from "./run_in_guest.ts";
import type { ProvisionOptions } from "./step.ts";

const HINT =
  "The guest needs a POSIX shell and folders /etc/ssl and /usr/local/share that root can write";

/**
 * Puts `endpoints.caPem` into the guest's bundle in place of an earlier one, and checks by fingerprint that it is
 * there.
 * @throws {BottleError} `provision-ca`
 */
export async function installCa(bottle: Bottle, options: ProvisionOptions = {}): Promise<void> {
  const { caPem, caSha256 } = bottle.endpoints;
  if (certificateFingerprints(caPem).join() !== caSha256) {
    throw new BottleError("The bundle's certificate and its fingerprint differ", {
      code: "provision-ca",
      hint: "Start the bottle again; if it stays so, report it as a bug",
    });
  }
  const argv = ["sh", "-c", CA_SCRIPT, "install-ca", GUEST_CA_BUNDLE, GUEST_CA_FILE, GUEST_CA_BASE];
  const bundle = await runInGuest(bottle, argv, {
    code: "provision-ca",
    purpose: "add the bottle's certificate to the guest's trust store",
    hint: HINT,
    user: "root",
    stdin: caPem.endsWith("\n") ? caPem : `${caPem}\n`,
    signal: options.signal,
  });
  if (!certificateFingerprints(bundle).includes(caSha256)) {
    throw new BottleError(`The guest's "${GUEST_CA_BUNDLE}" lacks the bottle's certificate`, {
      code: "provision-ca",
      hint: HINT,
    });
  }
  options.onNote?.(`Certificate of the bottle: SHA-256 ${caSha256}`);
}
