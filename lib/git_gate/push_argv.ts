/** How a push goes on to the upstream. */

import { isNone, type RefCommand } from "./ref_command.ts";

/** What is asked of one `git push`. */
export interface ForwardRequest {
  readonly commands: readonly RefCommand[];
  readonly isAtomic: boolean;
  readonly options: readonly string[];
}

/** Bytes of arguments of one program; Linux takes two MiB with the environment. */
const MAX_ARGV_BYTES = 1024 ** 2;
/** git compares each ref with each lease and each ref of the upstream: 10,000 at once take it minutes. */
const MAX_REFS_AT_ONCE = 500;

/**
 * Arguments of git. Each ref goes with a lease: the upstream takes it only where it is what the pusher's git took it for,
 * which is also what makes a forced push one.
 *
 * @param remote its name in git's configuration
 */
export function pushArgv(remote: string, request: ForwardRequest): readonly string[] {
  const { commands, isAtomic, options } = request;
  return [
    ...["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"],
    ...["--no-signed", isAtomic ? "--atomic" : "--no-atomic"],
    ...options.map((option) => `--push-option=${option}`),
    ...commands.map(leaseOf),
    "--",
    remote,
    ...commands.map(refspecOf),
  ];
}

/**
 * Parts the commands, so that each part's arguments have a place, and git gets through it in time. Atomic ones stay together
 * as long as there is a place: more than one part can't be taken as one.
 */
export function inParts(
  { commands, isAtomic }: Pick<ForwardRequest, "commands" | "isAtomic">,
  limit = MAX_ARGV_BYTES,
): readonly (readonly RefCommand[])[] {
  const most = isAtomic ? Infinity : MAX_REFS_AT_ONCE;
  const parts: RefCommand[][] = [];
  let left = 0;
  for (const command of commands) {
    const size = 2 * new TextEncoder().encode(command.ref).length + command.old.length +
      command.new.length + OVERHEAD;
    const part = parts.at(-1);
    if (part === undefined || size > left || part.length >= most) {
      parts.push([command]);
      left = limit - size;
    } else {
      part.push(command);
      left -= size;
    }
  }
  return parts;
}

/** Of the words around a ref and its two ids, with the pointers that the kernel counts. */
const OVERHEAD = 64;

/** Nothing behind the colon: the ref must not be there. */
function leaseOf({ ref, old }: RefCommand): string {
  return `--force-with-lease=${ref}:${isNone(old) ? "" : old}`;
}

/** A bare id would be taken for the branch or tag of that name first, if there is one. No ref's name has a `^` in it. */
function refspecOf({ ref, new: id }: RefCommand): string {
  return isNone(id) ? `:${ref}` : `${id}^{object}:${ref}`;
}
