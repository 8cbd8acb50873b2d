import assert from "node:assert/strict";
import { fc } from "../../../lib/deps/fast_check.ts";
import type { AskedRequest } from "../../../lib/egress/explain/asked_request.ts";
import { explainRequest } from "../../../lib/egress/explain/explain.ts";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { ExplainOptions } from "../../../lib/egress/explain/explanation.ts";
import type { HeaderField } from "../../../lib/egress/message.ts";
import type { Placeholder } from "../../../lib/egress/credential/placeholder.ts";
import { compileRoutes } from "../../../lib/egress/route/route_table.ts";
import { ask } from "../../support/egress/ask.ts";
import { leafForNames, testAuthority } from "../../support/egress/certificates.ts";
import { LOOPBACK, startProxy, type TestRoute } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import { eventually } from "../../support/egress/wire.ts";

const TOKEN = "sk-real-marker-5f2a91c3";
const FOREIGN = "sk-foreign-marker-77c1";
const OWN = "sk-bot-bottle-demo-ab12c-AAAAAAAAAAAAAAAAAAAAAA";
const OTHERS = "sk-bot-bottle-other-zz99z-BBBBBBBBBBBBBBBBBBBBBB";
const placeholders: readonly Placeholder[] = [{ value: OWN, token: "EGRESS_TOKEN_1" }];
const over = { expires_at: "2026-01-01T00:00:00.000Z" } as const;

function routesFor(port: number): readonly TestRoute[] {
  const open = { ports: [port], allow_private: true } as const;
  const token = "EGRESS_TOKEN_1";
  return [
    {
      ...open,
      host: "origin.test",
      matches: [
        { methods: ["GET", "HEAD"], paths: [{ type: "prefix", value: "/v1" }] },
        { methods: ["POST"], paths: [{ type: "regex", value: "/v[0-9]/[a-z]+" }] },
        { methods: ["PUT"], paths: [{ type: "glob", value: "/*/b" }] },
        {
          paths: [{ type: "exact", value: "/h" }],
          headers: [{ name: "x-a", type: "regex", value: "b+" }],
        },
        { paths: [{ type: "exact", value: "/old" }], ...over },
      ],
      auth: { scheme: "bearer", token },
    },
    { ...open, host: "key.test", auth: { scheme: "header", header: "x-goog-api-key", token } },
    {
      ...open,
      host: "model.test",
      provider: true,
      auth: { scheme: "basic", username: "u", token },
    },
    { ...open, host: "own.test", auth: { scheme: "agent" } },
    { ...open, host: "small.test", limits: { body_bytes: 4, bytes_out: 1_000_000 } },
    { host: "private.test", ports: [port] },
    { ...open, host: "*.wide.test", matches: [{ methods: ["GET", "POST"] }] },
    { ...open, host: "gone.wide.test", matches: [{ methods: ["DELETE"], ...over }] },
    { ...open, host: "pass.test", tls: "passthrough" },
  ];
}

const NAMES = [
  "origin.test",
  "key.test",
  "model.test",
  "own.test",
  "small.test",
  "private.test",
  "a.wide.test",
  "gone.wide.test",
] as const;
const UPGRADE: readonly HeaderField[] = [
  ["connection", "upgrade"],
  ["upgrade", "websocket"],
  ["sec-websocket-version", "13"],
];
const fieldSets: readonly (readonly HeaderField[])[] = [
  [["authorization", `Bearer ${FOREIGN}`]],
  [["Authorization", `Bearer ${OWN}`]],
  [["authorization", `Basic ${btoa(`u:${OWN}`)}`]],
  [["x_goog-api-key", OWN]],
  [["X-Api-Key", FOREIGN]],
  [["cookie", `a=${FOREIGN}`]],
  [["x-note", OWN]],
  [["x-note", OTHERS]],
  [["x-note", btoa(`1${OWN}`)]],
  [["x-a", "bb"]],
  [["x-a", "bb"], ["X_A", "c"]],
  [["x-http-method-override", "DELETE"]],
  [["x-rewrite-url", "/admin"]],
  [["x-forwarded-host", "evil.test"]],
  [["host", "evil.test"]],
  [["expect", "200-ok"]],
  [["te", "trailers"]],
  [["connection", "close, x-a"]],
  [["x y", "z"]],
  [["proxy-authorization", `Basic ${FOREIGN}`]],
  [["upgrade", "h2c"], ["connection", "upgrade"]],
  [...UPGRADE, ["sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="]],
  [...UPGRADE, ["sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAB=="]],
  [...UPGRADE, ["sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="], [
    "sec-websocket-extensions",
    "permessage-deflate; =",
  ]],
  [...UPGRADE, ["sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="], [
    "sec-websocket-protocol",
    `base64url.bearer.authorization.k8s.io.${FOREIGN}, x`,
  ]],
  [["content-encoding", "identity"]],
  [["content-encoding", "foo"]],
];
/** Fields of a body's framing, and the body as it travels. */
const bodies: readonly (readonly [fields: readonly HeaderField[], body: string])[] = [
  [[], ""],
  [[], ""],
  [[], ""],
  [[["content-length", "0"]], ""],
  [[["content-length", "4"]], "abcd"],
  [[["content-length", "5"]], "abcde"],
  [[["content-length", "+5"]], ""],
  [[["content-length", "5"], ["transfer-encoding", "chunked"]], ""],
  [[["transfer-encoding", "xchunked"]], ""],
];
const segments = [
  "v1",
  "v2",
  "b",
  "h",
  "old",
  "..",
  "%2e",
  "%2f",
  "x;y",
  "a%00",
  "git-receive-pack",
];
const queries = [
  "",
  "?a=b",
  `?api_key=${FOREIGN}`,
  `?b=1;token=${FOREIGN}&c`,
  `?q=${OWN}`,
  "?_method=DELETE",
  "?service=git-receive-pack",
];
const hosts = [
  ...NAMES,
  ...NAMES,
  "pass.test",
  "127.0.0.1",
  "evil.test",
  "wide.test",
  "127.1",
  "user@origin.test",
];

const asked = fc.record({
  method: fc.constantFrom("GET", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS"),
  host: fc.constantFrom(...hosts),
  path: fc.array(fc.constantFrom(...segments), { maxLength: 3 }),
  query: fc.constantFrom(...queries),
  sets: fc.array(fc.constantFrom(...fieldSets), { maxLength: 2 }),
  body: fc.constantFrom(...bodies),
  isOnOtherPort: fc.integer({ min: 0, max: 15 }).map((n) => n === 0),
});

const sample = fc.sample(asked, { numRuns: 120, seed: 6 });
const authority = await testAuthority();

for (const scheme of ["https", "http"] as const) {
  Deno.test(`explainRequest says what the proxy does, of ${scheme} requests made at random`, async () => {
    const leaf = await leafForNames(authority.ca, NAMES);
    await using upstream = startRecorder(scheme === "https" ? leaf : undefined);
    const routes = routesFor(upstream.port);
    await using proxy = await startProxy({
      routes,
      tokens: { EGRESS_TOKEN_1: TOKEN },
      placeholders,
      caPem: authority.ca.cert_pem,
    });
    const options: ExplainOptions = {
      table: compileRoutes(routes.map((route) => ({ ...route, origin: "test" }))),
      now: Date.now(),
      addresses: [LOOPBACK],
      placeholders,
      exceptions: new Map(),
      joined: new Set(),
      isProxied: () => false,
    };
    let passed = 0;
    for (const { method, host, path, query, sets, body, isOnOtherPort } of sample) {
      const [fields, content] = body;
      const port = isOnOtherPort ? 8 : upstream.port;
      const url = `${scheme}://${host}:${port}/${path.join("/")}${query}`;
      const request: AskedRequest = { method, url, headers: [...sets.flat(), ...fields] };
      const shown = JSON.stringify(request);
      const { refusal, sent } = explainRequest(request, options);
      // What passes through TLS that is left alone answers with a certificate of its own.
      if (scheme === "https" && refusal === undefined && sent === undefined) continue;
      const before = upstream.wires.map((wire) => wire.received.length);
      assert.equal(await ask(proxy, request, content), refusal?.reason, shown);
      const received = upstream.wires
        .map((wire, at) => wire.received.slice(before[at] ?? 0)).join("");
      assert.equal(received !== "", refusal === undefined, shown);
      if (refusal !== undefined) continue;
      passed++;
      const wentOut = (): readonly AuditRow[] =>
        proxy.rows.filter(({ verdict }) => verdict !== "blocked");
      await eventually(() => wentOut().length === passed);
      const row = wentOut().at(-1);
      assert.equal(row?.credential, sent?.credential?.scheme, shown);
      assert.equal(row?.marks?.includes("foreign-credential") ?? false, sent?.isForeign, shown);
      if (sent?.credential !== undefined) assert.doesNotMatch(received, new RegExp(FOREIGN), shown);
    }
    assert.ok(passed > sample.length / 20, `only ${passed} passed`);
  });
}
