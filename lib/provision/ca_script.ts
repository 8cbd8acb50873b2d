/** The guest's part of putting a certificate into its trust store. */

/**
 * For `sh -c`: arguments are the paths of bundle, certificate and base; stdin is the certificate, stdout the new bundle.
 *
 * One run as uid 0, which has no capability and so writes only what is root's already. Where the bundle is at the
 * known place the certificate is added directly: `update-ca-certificates` takes a second. An image without any
 * trust store gets one that holds this certificate alone, which is all that a bottle ever meets. The base is the
 * image's bundle, empty if it had none: a later certificate takes the place of an earlier one.
 */
export const CA_SCRIPT = `set -eu
bundle=$1 file=$2 base=$3
mkdir -p "$(dirname "$bundle")" "$(dirname "$file")" "$(dirname "$base")"
cat > "$file"
chmod 0644 "$file"
if [ -e "$base" ] || [ -e "$bundle" ]; then
  [ -e "$base" ] || { cat "$bundle"; echo; } > "$base"
  cat "$base" "$file" > "$bundle"
elif : > "$base"; command -v update-ca-certificates > /dev/null; then
  update-ca-certificates 2>&1 | grep -q '1 added' || {
    echo 'update-ca-certificates did not say "1 added"' >&2
    exit 1
  }
else
  cp "$file" "$bundle"
fi
chmod 0644 "$bundle"
cat "$bundle"
`;
