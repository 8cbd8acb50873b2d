# Talking to the person, on stderr: stdout belongs to what runs after the set-up.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

step() { say "==> $*"; }

# Ends the script: the first argument says what is wrong, each other one a line of what to do.
give_up() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "  $line"; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# with_timeout SECONDS COMMAND…: macOS has no timeout(1), but perl.
with_timeout() {
  local seconds=$1
  shift
  if has timeout; then
    timeout --foreground --kill-after=5 "$seconds" "$@"
  else
    perl -e 'alarm shift; exec @ARGV or exit 127' "$seconds" "$@"
  fi
}

# quietly LOG COMMAND…: the output goes to LOG, and is shown only if the command fails.
quietly() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 </dev/null && return 0
  tail -n 20 "$log" >&2
  return 1
}
