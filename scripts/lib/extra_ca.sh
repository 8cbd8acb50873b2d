# A network that re-signs TLS has its authority in the host's trust store: programs that bring a store of their own,
# and images that are built here, have to be told.
# shellcheck shell=bash

ensure_extra_ca() {
  local store=/usr/local/share/ca-certificates found
  found=$(find -L "$store" -name '*.crt' -type f 2>/dev/null | sort)
  [ -n "$found" ] || return 0
  if [ -z "${BOT_BOTTLE_EXTRA_CA:-}" ]; then
    local bundle=$ROOT/.cache/extra-ca.pem
    mkdir -p "$ROOT/.cache"
    # A certificate without a last line end would run into the next one.
    printf '%s\n' "$found" | while IFS= read -r file; do
      cat "$file"
      echo
    done >"$bundle.$$"
    mv "$bundle.$$" "$bundle"
    export BOT_BOTTLE_EXTRA_CA=$bundle
  fi
  export DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-system,mozilla}
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-$BOT_BOTTLE_EXTRA_CA}
}
