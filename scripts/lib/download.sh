# Fetching files, each checked before it is used.
# shellcheck shell=bash

# fetch URL FILE
fetch() {
  if ! has curl && ! has wget; then apt_install curl ca-certificates || return 1; fi
  if has curl; then
    curl --fail --silent --show-error --location --connect-timeout 5 --max-time 300 \
      --output "$2" "$1" </dev/null
  else
    wget --quiet --tries=1 --connect-timeout=5 --read-timeout=60 --output-document="$2" "$1" </dev/null
  fi
}

# sha BITS FILE: the hash in hexadecimal.
sha() {
  if has "sha${1}sum"; then "sha${1}sum" "$2"; else shasum -a "$1" "$2"; fi | cut -d ' ' -f 1
}

# npm_package NAME VERSION FILE [SHA512]: the package's tarball, by npm (which knows a company's registry and
# checks the hash that it publishes), else by curl from the registry that NPM_CONFIG_REGISTRY names. Without SHA512
# the registry's own hash is asked for.
npm_package() {
  local name=$1 version=$2 file=$3 want=${4:-} folder
  if has npm; then
    folder=$(mktemp -d "$SCRATCH/npm.XXXXXX")
    if quietly "$folder/log" npm pack --loglevel=error --pack-destination "$folder" "$name@$version"; then
      mv "$folder"/*.tgz "$file"
    fi
  fi
  if [ ! -s "$file" ]; then
    local registry=${NPM_CONFIG_REGISTRY:-}
    registry=${registry%/}
    [ -n "$registry" ] || return 1
    fetch "$registry/$name/-/${name##*/}-$version.tgz" "$file" || return 1
    if [ -z "$want" ]; then
      fetch "$registry/$name/$version" "$file.json" || return 1
      want=$(sed -n 's/.*"integrity": *"sha512-\([^"]*\)".*/\1/p' "$file.json" | base64 -d | od -An -v -tx1 | tr -d ' \n')
      [ -n "$want" ] || return 1
    fi
  fi
  if [ -n "$want" ] && [ "$(sha 512 "$file")" != "$want" ]; then
    say "$name@$version does not have the expected SHA-512; it is not used"
    rm -f "$file"
    return 1
  fi
}

# apt_install PACKAGE…: only as root on Debian or Ubuntu.
apt_install() {
  if ! has apt-get || [ "$(id -u)" != 0 ]; then return 1; fi
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2)
  export DEBIAN_FRONTEND=noninteractive
  quietly "$SCRATCH/apt.log" "${apt[@]}" install -y --no-install-recommends "$@" 2>/dev/null && return 0
  # A source that can't be reached fails the update, while the others may well serve.
  "${apt[@]}" update >/dev/null 2>&1 </dev/null || true
  quietly "$SCRATCH/apt.log" "${apt[@]}" install -y --no-install-recommends "$@"
}
