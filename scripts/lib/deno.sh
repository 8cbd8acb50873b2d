# The pinned Deno, as .tools/bin/deno.
# shellcheck shell=bash

DENO=$ROOT/.tools/bin/deno

ensure_deno() {
  if [ "$("$DENO" --version 2>/dev/null | sed -n 's/^deno \([0-9.]*\).*/\1/p')" = "$DENO_VERSION" ]; then return; fi
  step "Deno $DENO_VERSION into .tools/"
  mkdir -p "$ROOT/.tools/bin"
  local new=$SCRATCH/deno system machine
  system=$(uname -s)
  machine=$(uname -m)
  if ! deno_for "$system" "$machine" "$new"; then
    give_up "Cannot fetch Deno $DENO_VERSION for $system $machine" \
      "Allow dl.deno.land, or install npm, or name an npm registry in NPM_CONFIG_REGISTRY," \
      "or put the program at .tools/bin/deno yourself."
  fi
  # A rename is atomic: two set-ups at once leave one whole program.
  mv "$new" "$DENO.$$" && mv "$DENO.$$" "$DENO"
  "$DENO" --version >/dev/null 2>&1 || give_up "Deno $DENO_VERSION does not run on this machine" \
    "On Linux it needs glibc 2.27 or newer; musl (Alpine) is not supported."
}

# deno_for SYSTEM MACHINE FILE: from Deno's own download, else from npm.
deno_for() {
  local pin
  pin=$(deno_pin "$1" "$2")
  deno_from_official "$1" "$2" "$3" 2>/dev/null && is_pinned "$3" "$pin" && return
  say "Deno's own download is not to be had here; taking the npm package"
  deno_from_npm "$1" "$2" "$3" && is_pinned "$3" "$pin"
}

deno_pin() {
  local machine=$2
  [ "$machine" = amd64 ] && machine=x86_64
  local name=DENO_SHA256_$1_$machine
  printf '%s' "${!name:-}"
}

is_pinned() {
  [ -s "$1" ] || return 1
  if [ -n "$2" ] && [ "$(sha 256 "$1")" != "$2" ]; then
    say "The Deno that came does not have the expected SHA-256; it is not used"
    rm -f "$1"
    return 1
  fi
  chmod +x "$1"
}

deno_from_official() {
  local target zip=$SCRATCH/deno.zip url
  case "$1-$2" in
    Linux-x86_64 | Linux-amd64) target=x86_64-unknown-linux-gnu ;;
    Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-gnu ;;
    Darwin-x86_64) target=x86_64-apple-darwin ;;
    Darwin-arm64) target=aarch64-apple-darwin ;;
    *) return 1 ;;
  esac
  url=https://dl.deno.land/release/v$DENO_VERSION/deno-$target.zip
  fetch "$url.sha256sum" "$zip.sum" && fetch "$url" "$zip" || return 1
  grep -qi "$(sha 256 "$zip")" "$zip.sum" || return 1
  has unzip || apt_install unzip || return 1
  unzip -p "$zip" deno >"$3"
}

deno_from_npm() {
  local package tarball=$SCRATCH/deno.tgz
  case "$1-$2" in
    Linux-x86_64 | Linux-amd64) package=linux-x64-glibc ;;
    Linux-aarch64 | Linux-arm64) package=linux-arm64-glibc ;;
    Darwin-x86_64) package=darwin-x64 ;;
    Darwin-arm64) package=darwin-arm64 ;;
    *) return 1 ;;
  esac
  npm_package "@deno/$package" "$DENO_VERSION" "$tarball" || return 1
  tar -xzOf "$tarball" package/deno >"$3"
}
