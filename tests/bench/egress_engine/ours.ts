/** The engine, in a process of its own. Its certificates come as JSON on stdin, its port and CA go to stdout. */

import { parseEgressConfig } from "../../../lib/egress/config_schema.ts";
import { parseAddress } from "../../../lib/egress/address.ts";
import { startEngine } from "../../../sidecars/egress/engine.ts";

const { caPem, originPort } = Object(await new Response(Deno.stdin.readable).json());
const loopback = parseAddress("127.0.0.1");
const engine = await startEngine({
  config: parseEgressConfig({
    listen: { address: "127.0.0.1", port: 0 },
    dns: null,
    peers: ["127.0.0.1"],
    routes: [{
      host: "origin.test",
      ports: [originPort],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
      origin: "bench",
    }],
    tokens: { EGRESS_TOKEN_1: "sk-bench-0123456789" },
    extra_ca_pem: caPem,
    upstream_proxy: null,
    private_exceptions: [],
    log: "all",
    self_test: null,
    ca: null,
  }),
  append: () => Promise.resolve(),
  onLog: (line) => Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`)),
  resolve: () =>
    Promise.resolve({ addresses: loopback === undefined ? [] : [loopback], ttlMs: 60_000 }),
});
const told = { port: engine.port, caPem: engine.ca.cert_pem };
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(told)}\n`));
Deno.addSignalListener("SIGINT", () => Deno.exit(0));
