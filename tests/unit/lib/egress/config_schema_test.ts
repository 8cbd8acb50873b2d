import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { egressConfigJsonSchema, parseEgressConfig } from "../../../../lib/egress/config_schema.ts";

const MARKER = "MARKER-7f3a";
const route = {
  host: "*.example.com",
  ports: [443],
  matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/repos/" }] }],
  auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
  allow_private: false,
  origin: "manifest demo.md:7",
};
const good = {
  listen: { address: "127.0.0.1", port: 0 },
  dns: { address: "10.0.0.2", port: 53, names: { "git-gate": "10.0.0.2" } },
  peers: ["10.0.0.3"],
  routes: [route],
  tokens: { EGRESS_TOKEN_1: MARKER },
  placeholders: [{
    value: `sk-ant-oat01-bot-bottle-demo-ab12c-${"x".repeat(22)}`,
    token: "EGRESS_TOKEN_1",
  }],
  extra_ca_pem: null,
  upstream_proxy: {
    host: "proxy.example.com",
    port: 3128,
    authorization: `Basic ${MARKER}`,
    no_proxy: ["corp.example", ".example.net", "10.0.0.0/8", "2001:db8::1"],
  },
  private_exceptions: [{ hosts: ["db.example.com"], subnets: ["172.18.0.0/16"] }],
  log: "all",
  self_test: { placeholder: "p", value: "v" },
  ca: null,
};

/** The problem's places, or its message. */
function problem(change: Record<string, unknown>): string {
  try {
    parseEgressConfig({ ...good, ...change });
    return "none";
  } catch (error) {
    assert.ok(error instanceof BottleError);
    const all = [error.message, error.hint, ...error.details].join("\n");
    assert.ok(!all.includes(MARKER), all);
    return error.details.join("\n") || `${error.code} ${error.message}`;
  }
}
const withRoute = (change: Record<string, unknown>): string =>
  problem({ routes: [{ ...route, ...change }] });
const withProxy = (change: Record<string, unknown>): string =>
  problem({ upstream_proxy: { ...good.upstream_proxy, ...change } });

Deno.test("parseEgressConfig gives a good configuration back as it is", () => {
  assert.deepEqual(parseEgressConfig(good), good);
  assert.equal(
    problem({
      dns: null,
      self_test: null,
      upstream_proxy: null,
      routes: [{ host: "[::1]", origin: "x" }],
    }),
    "none",
  );
  const schemes = [{ scheme: "token" }, { scheme: "basic", username: "x-access-token" }, {
    scheme: "header",
    header: "x-api-key",
  }];
  for (const scheme of schemes) {
    assert.equal(withRoute({ auth: { ...scheme, token: "EGRESS_TOKEN_1" } }), "none");
  }
});

Deno.test("parseEgressConfig refuses what is missing, unknown or no object", () => {
  for (const value of [null, undefined, 1, "x", [], {}]) {
    assert.throws(() => parseEgressConfig(value), { code: "config-invalid" });
  }
  for (const key of Object.keys(good)) {
    assert.match(problem({ [key]: undefined }), new RegExp(`^${key}: `), key);
  }
  assert.match(problem({ limits: {} }), /"limits"/);
  assert.match(withRoute({ dlp: {} }), /"dlp"/);
  assert.match(withRoute({ auth: { ...route.auth, username: "x" } }), /"username"/);
});

Deno.test("parseEgressConfig names the place of each bad value", () => {
  const cases: [string, RegExp][] = [
    [problem({ listen: { address: "localhost", port: 1 } }), /^listen\.address: /],
    [problem({ listen: { address: "127.0.0.1", port: 65_536 } }), /^listen\.port: /],
    [
      problem({ dns: { address: "::", port: 53, names: { "A.b": "10.0.0.1" } } }),
      /^dns\.names\.A\.b: /,
    ],
    [problem({ dns: { address: "::", port: 53, names: { a: "::1" } } }), /^dns\.names\.a: /],
    [problem({ peers: ["10.0.0.3", "010.0.0.3"] }), /^peers\.1: /],
    [problem({ log: "some" }), /^log: /],
    [problem({ extra_ca_pem: "x" }), /^extra_ca_pem: /],
    [
      problem({ private_exceptions: [{ hosts: ["a"], subnets: ["10.0.0.0/"] }] }),
      /^private_exceptions\.0\.subnets\.0: /,
    ],
    [withProxy({ host: "http://proxy" }), /^upstream_proxy\.host: /],
    [withProxy({ port: 0 }), /^upstream_proxy\.port: /],
    [withProxy({ authorization: `${MARKER}\r\nX: y` }), /^upstream_proxy\.authorization: /],
    [withProxy({ no_proxy: ["*.example.net"] }), /^upstream_proxy\.no_proxy\.0: /],
    [withProxy({ no_proxy: ["10.0.0.1/8"] }), /^upstream_proxy\.no_proxy\.0: /],
    [withProxy({ tls: true }), /"tls"/],
    [problem({ tokens: { EGRESS_TOKEN_0: MARKER } }), /^tokens/],
    [problem({ tokens: { EGRESS_TOKEN_1: 7 } }), /^tokens\.EGRESS_TOKEN_1: /],
    [withRoute({ host: "*.com" }), /^routes\.0\.host: /],
    [withRoute({ host: "Example.com" }), /^routes\.0\.host: /],
    [withRoute({ ports: [] }), /^routes\.0\.ports: /],
    [withRoute({ ports: [0] }), /^routes\.0\.ports\.0: /],
    [withRoute({ matches: [{ methods: ["get"] }] }), /^routes\.0\.matches\.0\.methods\.0: /],
    [
      withRoute({ matches: [{ paths: [{ type: "word", value: "/" }] }] }),
      /^routes\.0\.matches\.0\.paths\.0\.type: /,
    ],
    [
      withRoute({ matches: [{ paths: [{ type: "regex", value: "/(" }] }] }),
      /^routes\.0\.matches\.0\.paths\.0: .*RE2 does not take it: missing closing \)/,
    ],
    [
      withRoute({ matches: [{ headers: [{ name: "Accept", type: "exact", value: "x" }] }] }),
      /^routes\.0\.matches\.0\.headers\.0: .*lower case/,
    ],
    [withRoute({ tls: "intercept" }), /^routes\.0\.tls: /],
    [withRoute({ provider: false }), /^routes\.0\.provider: /],
    [withRoute({ limits: { bytes_out: 0 } }), /^routes\.0\.limits\.bytes_out: /],
    [withRoute({ limits: { requests: 1 } }), /"requests"/],
    [
      withRoute({ matches: [{ paths: [{ type: "prefix", value: "/a/../b" }] }] }),
      /^routes\.0\.matches\.0\.paths\.0: /,
    ],
    [withRoute({ auth: { scheme: "agent", token: "EGRESS_TOKEN_1" } }), /^routes\.0\.auth/],
    [
      withRoute({ auth: { scheme: "header", header: "Host", token: "EGRESS_TOKEN_1" } }),
      /^routes\.0\.auth\.header: /,
    ],
    [
      withRoute({ auth: { scheme: "header", header: "host", token: "EGRESS_TOKEN_1" } }),
      /^routes\.0\.auth\.header: /,
    ],
    [
      withRoute({ auth: { scheme: "basic", username: "a:b", token: "EGRESS_TOKEN_1" } }),
      /^routes\.0\.auth\.username: /,
    ],
    [
      withRoute({ auth: { scheme: "bearer", token: "EGRESS_TOKEN_01" } }),
      /^routes\.0\.auth\.token: /,
    ],
  ];
  for (const [found, expected] of cases) assert.match(found, expected);
});

Deno.test("parseEgressConfig refuses tokens that can't stand in a header, and never shows one", () => {
  assert.match(problem({ tokens: { EGRESS_TOKEN_1: `${MARKER}\r\nx: y` } }), /^token-invalid /);
});

Deno.test("parseEgressConfig refuses a route without its token, and two routes for a host", () => {
  assert.match(problem({ tokens: {} }), /^config-invalid No value for "EGRESS_TOKEN_1"/);
  assert.match(problem({ routes: [route, route] }), /^route-duplicate /);
});

Deno.test("egressConfigJsonSchema describes each key and allows no other", () => {
  const { properties, required, additionalProperties } = egressConfigJsonSchema();
  assert.deepEqual(Object.keys(properties ?? {}), Object.keys(good));
  assert.deepEqual(required, Object.keys(good));
  assert.equal(additionalProperties, false);
});
