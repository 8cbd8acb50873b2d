/** git-gate's part of the `configure` document. */

import { makeSecretPrints, type NamedSecret } from "../dlp/make_secret_prints.ts";
import type { ListenAddress } from "../egress/config.ts";
import { BottleError, ExitCode } from "../errors.ts";
import type { GateProxy, GateRepo, GateUpstream, GitGateConfig } from "../git_gate/config.ts";
import { credentialOf } from "../git_gate/repo_key.ts";
import { credentialKey, type CredentialSource } from "../manifest/credential.ts";
import type { Secret } from "../secret.ts";
import type { BottlePlan, GateRepoPlan } from "./plan.ts";
import { revealCredential } from "./reveal.ts";
import { credentialsOf } from "./upstream_proxy.ts";

/** What only launch knows. */
export interface GateInputs {
  /** Where it serves git over HTTP. */
  readonly listen: ListenAddress;
  /** Private keys of ssh upstreams, their texts by the repository's name. */
  readonly keys: ReadonlyMap<string, string>;
  /** 32 random bytes. */
  readonly salt: Uint8Array;
}

/** {@linkcode GateInputs}, and what egress's part is made from as well. */
export interface GateConfigInputs {
  readonly gate: GateInputs;
  /** By `credentialKey`. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly peers: readonly string[];
  readonly extraCaPem: string | null;
}

/**
 * Null for a plan without repositories. The result is secret.
 *
 * @throws {BottleError} `credential-missing`, exit code 125
 */
export function gateConfig(plan: BottlePlan, inputs: GateConfigInputs): GitGateConfig | null {
  const { repos } = plan.gitGate;
  if (repos.length === 0) return null;
  const { gate, peers, extraCaPem } = inputs;
  return {
    listen: gate.listen,
    peers,
    repos: repos.map((repo) => configureRepo(repo, inputs)),
    known_secrets: makeSecretPrints(knownSecrets(plan, inputs), gate.salt),
    extra_ca_pem: extraCaPem,
    upstream_proxy: gateProxy(plan),
  };
}

function configureRepo(repo: GateRepoPlan, inputs: GateConfigInputs): GateRepo {
  const { name, push, rules } = repo;
  return { name, upstream: configureUpstream(repo, inputs), push, rules };
}

function configureUpstream(
  { name, upstream, key }: GateRepoPlan,
  { gate, secrets }: GateConfigInputs,
): GateUpstream {
  const { host, port, path } = upstream;
  if (upstream.scheme === "ssh") {
    const privateKey = gate.keys.get(name);
    if (privateKey === undefined) throw missingKey(name);
    const { scheme, user, hostKey } = upstream;
    return { scheme, user, host, port, path, host_key: hostKey.text, private_key: privateKey };
  }
  const token = key.provider === "token" ? revealCredential(key.tokenRef, secrets) : null;
  return {
    scheme: "https",
    host,
    port,
    path,
    username: key.provider === "token" ? key.username : "",
    token,
  };
}

/** Every credential of the bottle, also those that the gate does not use: none of them may be pushed. */
function knownSecrets(
  plan: BottlePlan,
  { gate, secrets }: GateConfigInputs,
): readonly NamedSecret[] {
  const named = new Map<string, NamedSecret>();
  for (const { ref, use } of listUses(plan)) {
    const key = credentialKey(ref);
    if (named.has(key)) continue;
    // Whoever pushes one is told its name: an agent, whom commands and files of the host don't concern.
    const name = ref.kind === "env" ? ref.name : use;
    named.set(key, { name, value: revealCredential(ref, secrets) });
  }
  const proxy = credentialsOf(plan.egress.upstreamProxy);
  return [
    ...named.values(),
    ...gate.keys.entries().map(([name, value]) => ({ name: `the key of ${name}`, value })),
    ...proxy === null ? [] : [{ name: "the company proxy's password", value: proxy.password }],
  ];
}

/** Every credential that the plan names, and what it is for in words. */
function listUses(
  { egress, gitGate }: BottlePlan,
): readonly { readonly ref: CredentialSource; readonly use: string }[] {
  return [
    ...egress.tokens.map(({ slot, ref }) => {
      const route = egress.baseRoutes.find(({ auth }) =>
        auth !== undefined && auth.scheme !== "agent" && auth.token === slot
      );
      return { ref, use: `the credential for ${route?.host ?? "a route"}` };
    }),
    ...gitGate.repos.flatMap(({ name, key }) => {
      const ref = credentialOf(key);
      return ref === undefined ? [] : [{ ref, use: `the token of ${name}` }];
    }),
  ];
}

/** Hosts on networks that the bundle joins are reached directly, as egress does. */
function gateProxy({ egress: { upstreamProxy, bundleNetworks } }: BottlePlan): GateProxy | null {
  if (upstreamProxy === null) return null;
  const { host, port, noProxy } = upstreamProxy;
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    credentials: credentialsOf(upstreamProxy),
    no_proxy: [...noProxy, ...bundleNetworks.flatMap(({ hosts }) => hosts)],
  };
}

function missingKey(name: string): BottleError {
  return new BottleError(`There is no key for the repository "${name}"`, {
    code: "credential-missing",
    exitCode: ExitCode.cannotStart,
  });
}
