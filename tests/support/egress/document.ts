/** Egress' configuration for a test: what it says nothing about is off. */

import type { EgressConfig } from "../../../lib/egress/config.ts";

/** A whole document. */
export function egressDocument(parts: Partial<EgressConfig> = {}): EgressConfig {
  return {
    listen: { address: "127.0.0.1", port: 0 },
    dns: null,
    peers: ["127.0.0.1"],
    routes: [],
    tokens: {},
    extra_ca_pem: null,
    placeholders: [],
    upstream_proxy: null,
    private_exceptions: [],
    log: "all",
    self_test: null,
    ca: null,
    ...parts,
  };
}
