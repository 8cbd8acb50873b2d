# Everything that the program and its tests need on a fresh machine; nothing is asked, and a second run is quick.
# Sets DENO. The caller sets ROOT to the repository.
# shellcheck shell=bash

# A closed stdin would hand its number to the next file that is opened.
[ -e /dev/fd/0 ] || exec </dev/null

SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/bot-bottle-set-up.XXXXXX")
trap 'rm -rf "$SCRATCH"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for part in say pins download deno docker_engine base_images extra_ca; do
  # shellcheck source=/dev/null
  . "$ROOT/scripts/lib/$part.sh"
done

set_up() {
  ensure_extra_ca
  ensure_deno
  ensure_packages
  ensure_docker
  ensure_base_images
}

# The packages of deno.lock, and nothing that isn't in it. What scripts/bot-bottle looks for is left where that went well.
ensure_packages() {
  (cd "$ROOT" && "$DENO" install --quiet --frozen --entrypoint lib/deps/*.ts) </dev/null >&2 ||
    give_up "Cannot fetch the packages of deno.lock" \
      "The npm registry has to be within reach the first time; a lock that is out of date is mended by" \
      "deno install --frozen=false --entrypoint lib/deps/*.ts"
  touch "$ROOT/.tools/packages"
}

# forward_signals_to PID: waits for a background child, hands it INT and TERM, and ends with its exit code. A shell that
# waits for a foreground child would answer neither until the child has ended by itself.
forward_signals_to() {
  local child=$1 code=0
  trap 'kill -TERM "$child" 2>/dev/null || true' INT TERM
  while :; do
    code=0
    wait "$child" || code=$?
    # A signal ends the wait, not the child.
    kill -0 "$child" 2>/dev/null || break
  done
  exit "$code"
}
