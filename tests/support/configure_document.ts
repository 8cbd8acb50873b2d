/** A configuration for tests that have no plan. */

import { type ConfigureDocument, LEDGER_PATH } from "../../lib/control/protocol.ts";

/** The value of the one token in {@linkcode testDocument}: looked for wherever it must not be. */
export const MARKER = "marker-b7f3c1a9e8d24f60";

/** No routes, one token that none of them needs. */
export function testDocument(slug: string): ConfigureDocument {
  return {
    version: 1,
    slug,
    egress: {
      listen: { address: "0.0.0.0", port: 9099 },
      dns: null,
      peers: ["127.0.0.1"],
      routes: [],
      tokens: { EGRESS_TOKEN_1: MARKER },
      extra_ca_pem: null,
      placeholders: [],
      upstream_proxy: null,
      private_exceptions: [],
      log: "all",
      self_test: null,
      ca: null,
    },
    git_gate: null,
    ledger: { path: LEDGER_PATH },
  };
}
