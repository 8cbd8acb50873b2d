/** Variables of an image that a bottle must not take over. */

import { isReservedEnv } from "../../lib/manifest/reserved_env.ts";

/**
 * What the loader, the C library and the shell read before a program's own code runs. They may lead to files that the
 * agent can write, and the container's first process runs before its network is sealed.
 */
const OF_LOADER = /^(?:LD_.*|GCONV_PATH|GLIBC_TUNABLES|LOCPATH|NLSPATH|BASH_ENV|ENV)$/;

/** Proxies besides those that a bottle sets: they lead where the guest can't go. */
const OF_PROXY = /^(?:ftp|all|rsync|npm_config_(?:https?_)?)_?proxy$/i;

/** Those of an image's variables that are blanked. A manifest's `env` can set them again, for the agent's programs alone. */
export function blankedVariables(names: readonly string[]): readonly string[] {
  return names.filter((name) =>
    OF_LOADER.test(name) || OF_PROXY.test(name) ||
    isReservedEnv(name) && name !== "HOME" && name !== "USER"
  );
}

/** Arguments of `docker run` for them. An empty value, for a bare name would take the value of our own environment. */
export function blankArgs(names: readonly string[]): string[] {
  return blankedVariables(names).flatMap((name) => ["--env", `${name}=`]);
}
