/** The environment of everything that runs in the guest (providers.md, "The guest's environment"). Set at exec time. */

import { BottleError, ExitCode } from "../errors.ts";
import { CA_BUNDLE_VARIABLES } from "../manifest/reserved_env.ts";
import type { EnvValue } from "../manifest/types.ts";
import { GUEST_CA_BUNDLE, GUEST_CA_FILE } from "../provision/ca_paths.ts";
import type { Secret } from "../secret.ts";
import type { BottleEndpoints } from "./endpoints.ts";
import type { BottlePlan } from "./plan.ts";

/** Always reached directly: the guest itself, and the two peers that are no proxy. */
const DIRECT = ["localhost", "127.0.0.1", "::1", "git-gate", "supervise"] as const;

/**
 * Variables and values, never to be put on an argv: terminal, provider's, manifest's, and over all of them the table.
 *
 * @param secrets values of host variables, by the host's name
 * @param answers answers to `?question`, by the guest's name
 * @throws {BottleError} `host-variable-missing`, `answer-missing`, exit code 125
 */
export function guestEnvironment(
  plan: BottlePlan,
  endpoints: BottleEndpoints,
  secrets: ReadonlyMap<string, Secret>,
  answers: ReadonlyMap<string, string>,
): Record<string, string> {
  const own: Record<string, string> = {};
  for (const [name, value] of plan.fields.env) own[name] = valueOf(name, value, secrets, answers);
  return { ...plan.fields.terminal, ...plan.agent.env, ...own, ...bottleTable(plan, endpoints) };
}

function bottleTable(plan: BottlePlan, endpoints: BottleEndpoints): Record<string, string> {
  const { proxyUrl, gitGate, mcpUrl } = endpoints;
  const noProxy = [...new Set([...DIRECT, ...endpoints.noProxy])].join(",");
  const table: Record<string, string> = {
    HTTP_PROXY: proxyUrl,
    HTTPS_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    https_proxy: proxyUrl,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    // Without it Node's own fetch ignores the proxy and fails.
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: GUEST_CA_FILE,
    BOT_BOTTLE: "1",
    BOT_BOTTLE_SLUG: plan.slug,
  };
  for (const name of CA_BUNDLE_VARIABLES) table[name] = GUEST_CA_BUNDLE;
  if (gitGate !== null) {
    table["GIT_GATE_URL"] = `${gitGate.scheme}://${gitGate.host}:${gitGate.port}`;
  }
  if (mcpUrl !== null) table["MCP_SUPERVISE_URL"] = mcpUrl;
  return table;
}

function valueOf(
  name: string,
  value: EnvValue,
  secrets: ReadonlyMap<string, Secret>,
  answers: ReadonlyMap<string, string>,
): string {
  switch (value.kind) {
    case "literal":
      return value.value;
    case "host":
      return secrets.get(value.name)?.reveal() ??
        missing("host-variable-missing", `The host variable "${value.name}" is not set`);
    case "ask":
      return answers.get(name) ?? missing("answer-missing", `No answer for the variable "${name}"`);
  }
  return value satisfies never;
}

function missing(code: string, message: string): never {
  throw new BottleError(message, { code, exitCode: ExitCode.cannotStart });
}
