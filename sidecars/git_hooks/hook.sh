#!/bin/sh
# Both hooks of every mirror, by the name that git calls it. It hands what git says to the gate's daemon and does what the
# daemon answers. Whatever goes wrong on the way is a refusal.
set -u
LC_ALL=C
export LC_ALL
hook=${0##*/}

talk() {
	nc -N -U "$BOT_BOTTLE_DESK" | obey
}

# Lines: what to show on the pusher's terminal, what to hand to git, and how it ended.
obey() {
	while IFS= read -r line; do
		case $line in
		'show '*) printf '%s\n' "${line#show }" >&2 ;;
		'draw '*) printf '%s\r' "${line#draw }" >&2 ;;
		'tell '*) printf '%s' "${line#tell }" ;;
		accepted) exit 0 ;;
		refused) exit 1 ;;
		esac
	done
	echo 'git-gate broke off before the push was done. Push again.' >&2
	# git waits for a report as long as this hook's stdout is open: an empty one is a refusal.
	[ "$hook" != proc-receive ] || printf 0000
	exit 1
}

case $hook in
pre-receive)
	{
		printf 'pre-receive %s\n' "$BOT_BOTTLE_PUSH"
		printf '%s\n' "${GIT_OBJECT_DIRECTORY-}" "${GIT_ALTERNATE_OBJECT_DIRECTORIES-}" "${GIT_QUARANTINE_PATH-}"
		count=${GIT_PUSH_OPTION_COUNT:-0}
		printf '%s\n' "$count"
		at=0
		while [ "$at" -lt "$count" ]; do
			eval "printf '%s\n' \"\$GIT_PUSH_OPTION_$at\""
			at=$((at + 1))
		done
		cat
	} | talk
	;;
proc-receive)
	# The version is agreed on here: its answer has a byte in it that no line of text can hold.
	printf '001aversion=1\000push-options0000'
	{
		printf 'proc-receive %s\n' "$BOT_BOTTLE_PUSH"
		cat
	} | talk
	;;
*)
	exit 1
	;;
esac
