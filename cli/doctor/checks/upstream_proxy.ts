/** The company's proxy: well named, and there, as seen from a container. */

import { probeProxy } from "../../../backends/docker/probe.ts";
import { BottleError } from "../../../lib/errors.ts";
import {
  readUpstreamProxy,
  UPSTREAM_PROXY_VARIABLE,
  type UpstreamProxyPlan,
} from "../../../lib/plan/upstream_proxy.ts";
import { type Finding, ok, problem } from "../finding.ts";
import { notChecked } from "../not_checked.ts";
import { probeOptions } from "../probe_options.ts";
import type { Check } from "../scene.ts";

const FIX = `Correct ${UPSTREAM_PROXY_VARIABLE}, or see that containers reach the proxy`;

/** The check. */
export const upstreamProxy: Check = {
  name: "upstream-proxy",
  run: async (scene, signal) => {
    const proxy = read(scene.services.context.env);
    if (proxy === null) return [ok("No company proxy is set", { host: null })];
    if ("level" in proxy) return [proxy];
    const options = await probeOptions(scene, signal);
    if (scene.docker === null || options === null) return [notChecked(scene.docker)];
    return [judgeProxy(proxy, await probeProxy(scene.docker.engine, proxy, options))];
  },
};

/** @param answer what it said to a request that asks for nothing; empty: nothing. Whether it takes our credentials it is not asked. */
export function judgeProxy(
  { host, port, authorization, noProxy }: UpstreamProxyPlan,
  answer: string,
): Finding {
  const name = `The company proxy "${host}:${port}"`;
  const facts = {
    host,
    port,
    has_credentials: authorization !== null,
    no_proxy: [...noProxy],
  };
  if (answer.startsWith("HTTP/1.")) return ok(`${name} answers`, facts);
  return problem(`${name} ${answer === "" ? "does not answer" : "speaks no HTTP"}`, FIX, facts);
}

function read(env: (name: string) => string | undefined): UpstreamProxyPlan | Finding | null {
  try {
    return readUpstreamProxy(env);
  } catch (error) {
    if (!(error instanceof BottleError)) throw error;
    return problem(error.message, error.hint ?? FIX);
  }
}
