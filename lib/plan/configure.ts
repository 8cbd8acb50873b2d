/** The one document that a bundle is configured with: everything, credentials included, over stdin. */

import { type ConfigureDocument, LEDGER_PATH } from "../control/protocol.ts";
import type { EgressConfig, ListenAddress, PrivateException } from "../egress/config.ts";
import type { TokenSlot } from "../egress/route/route.ts";
import type { Secret } from "../secret.ts";
import { gateConfig, type GateInputs } from "./gate_config.ts";
import type { BottlePlan } from "./plan.ts";
import { revealCredential } from "./reveal.ts";
import { revealUpstreamProxy } from "./upstream_proxy.ts";

/** Where egress listens, and for whom. */
export interface EgressAddresses {
  readonly listen: ListenAddress;
  /** Null: no answerer. */
  readonly dns: EgressConfig["dns"];
  readonly peers: readonly string[];
}

/** What the plan doesn't hold: secrets, and what only launch knows. */
export interface ConfigureInputs {
  /** By `credentialKey`. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly addresses: EgressAddresses;
  /** Read where the plan has repositories. */
  readonly gate: GateInputs;
  /** Of the plan's `extraCa`, or null. */
  readonly extraCaPem: string | null;
  readonly privateExceptions: readonly PrivateException[];
  readonly selfTest: EgressConfig["self_test"];
  /** Default {@linkcode LEDGER_PATH}. */
  readonly ledgerPath?: string;
}

/**
 * Fills the slots with the credentials' values. The result is secret: it goes to the bundle's stdin and nowhere else.
 *
 * @throws {BottleError} `credential-missing`, exit code 125
 */
export function configureDocument(plan: BottlePlan, inputs: ConfigureInputs): ConfigureDocument {
  const { addresses, ledgerPath = LEDGER_PATH } = inputs;
  return {
    version: 1,
    slug: plan.slug,
    egress: {
      listen: addresses.listen,
      dns: addresses.dns,
      peers: addresses.peers,
      routes: plan.egress.routes,
      tokens: revealTokens(plan, inputs.secrets),
      placeholders: plan.egress.placeholders,
      extra_ca_pem: inputs.extraCaPem,
      upstream_proxy: revealUpstreamProxy(plan.egress.upstreamProxy),
      private_exceptions: inputs.privateExceptions,
      log: plan.egress.log,
      self_test: inputs.selfTest,
      ca: null,
    },
    git_gate: gateConfig(plan, { ...inputs, peers: addresses.peers }),
    ledger: { path: ledgerPath },
  };
}

function revealTokens(
  plan: BottlePlan,
  secrets: ReadonlyMap<string, Secret>,
): EgressConfig["tokens"] {
  const tokens: Partial<Record<TokenSlot, string>> = {};
  // A credential whose routes were denied stays on the host.
  const used = new Set(
    plan.egress.routes.map(({ auth }) => auth?.scheme === "agent" ? undefined : auth?.token),
  );
  for (const { slot, ref } of plan.egress.tokens.filter(({ slot }) => used.has(slot))) {
    tokens[slot] = revealCredential(ref, secrets);
  }
  return tokens;
}
