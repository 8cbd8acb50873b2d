/** The way to a forge from this machine as it is now. */

import type { Context } from "../../lib/context.ts";
import { type ApiWay, findWay } from "../../lib/deploy_key/api_way.ts";
import { readExtraCa } from "../../lib/plan/extra_ca.ts";
import { readUpstreamProxy } from "../../lib/plan/upstream_proxy.ts";

/** Reads the extra CA and the company's proxy. @throws {BottleError} `extra-ca`, `upstream-proxy` */
export async function readWay(url: string, env: Context["env"]): Promise<ApiWay> {
  return findWay(url, {
    extraCaPem: (await readExtraCa(env))?.pem ?? null,
    proxy: readUpstreamProxy(env),
  });
}
