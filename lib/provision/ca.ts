/** The bottle's certificate in the guest's trust store. */

import { BottleError } from "../errors.ts";
import type { Bottle } from "../bottle.ts";
import { GUEST_CA_BASE, GUEST_CA_BUNDLE, GUEST_CA_FILE } from "./ca_paths.ts";
import { certificateFingerprints } from "./pem.ts";
import { runInGuest } from "./run_in_guest.ts";
import type { ProvisionOptions } from "./step.ts";

/**
 * One run as uid 0, which has no capability and so writes only what is root's already. Where the bundle is at the
 * known place, the certificate is added directly: `update-ca-certificates` takes a second. An image without any
 * trust store gets one that holds this certificate alone, which is all that a bottle ever meets.
 */
const SCRIPT = `set -eu
bundle=$1 file=$2 base=$3
mkdir -p "$(dirname "$bundle")" "$(dirname "$file")" "$(dirname "$base")"
cat > "$file"
chmod 0644 "$file"
if [ -s "$base" ] || [ -s "$bundle" ]; then
  [ -s "$base" ] || cp "$bundle" "$base"
  { cat "$base"; echo; cat "$file"; } > "$bundle"
elif command -v update-ca-certificates > /dev/null; then
  update-ca-certificates 2>&1 | grep -q '1 added' || { echo 'update-ca-certificates did not say "1 added"' >&2; exit 1; }
else
  cp "$file" "$bundle"
fi
chmod 0644 "$bundle"
cat "$bundle"
`;

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
  const argv = ["sh", "-c", SCRIPT, "install-ca", GUEST_CA_BUNDLE, GUEST_CA_FILE, GUEST_CA_BASE];
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
  options.onNote?.(`CA certificate trusted in the guest: SHA-256 ${caSha256}`);
}
