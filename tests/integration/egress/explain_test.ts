import assert from "node:assert/strict";
import { explainRequest } from "../../../lib/egress/explain/explain.ts";
import type { ExplainOptions } from "../../../lib/egress/explain/explanation.ts";
import type { HeaderList } from "../../../lib/egress/message.ts";
import { compileRoutes } from "../../../lib/egress/route/route_table.ts";
import { ask } from "../../support/egress/ask.ts";
import { leafForNames, testAuthority } from "../../support/egress/certificates.ts";
import { LOOPBACK, startProxy, type TestRoute } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import type { Wire } from "../../support/egress/wire.ts";

const TOKEN = "sk-real-marker-5f2a91c3";
const authority = await testAuthority();
const PLACEHOLDER = "sk-bot-bottle-demo-ab12c-AAAAAAAAAAAAAAAAAAAAAA";
const NAMES = ["origin.test", "private.test", "a.wide.test", "own.test"] as const;

function routesFor(port: number): readonly TestRoute[] {
  const open = { ports: [port], allow_private: true } as const;
  return [
    {
      ...open,
      host: "origin.test",
      matches: [
        { methods: ["GET"], paths: [{ type: "prefix", value: "/v1" }] },
        { methods: ["POST"], paths: [{ type: "regex", value: "/v[0-9]/x" }] },
        {
          paths: [{ type: "exact", value: "/h" }],
          headers: [{ name: "x-a", type: "exact", value: "b" }],
        },
        { paths: [{ type: "exact", value: "/old" }], expires_at: "2026-01-01T00:00:00.000Z" },
      ],
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
    },
    { host: "private.test", ports: [port] },
    { ...open, host: "*.wide.test" },
    { ...open, host: "own.test", auth: { scheme: "agent" } },
  ];
}

/** Requests; `PORT` is the upstream's. */
const requests: readonly (readonly [line: string, headers?: HeaderList])[] = [
  ["GET https://origin.test:PORT/v1/a?b=c", [["authorization", "Bearer foreign"], [
    "cookie",
    "a=b",
  ]]],
  ["GET https://origin.test:PORT/v1"],
  ["GET https://origin.test:PORT/v1x"],
  ["POST https://origin.test:PORT/v2/x"],
  ["POST https://origin.test:PORT/v2/x/"],
  ["DELETE https://origin.test:PORT/v1"],
  ["GET https://origin.test:PORT/h", [["X-A", "b"]]],
  ["GET https://origin.test:PORT/h", [["X-A", "b"], ["x_a", "c"]]],
  ["GET https://origin.test:PORT/h"],
  ["GET https://origin.test:PORT/old"],
  ["GET https://origin.test:PORT/v1/../v1"],
  ["GET https://origin.test:PORT/v1%2f"],
  ["GET https://origin.test:PORT/v1/%252e"],
  ["GET https://ORIGIN.test.:PORT/v1"],
  ["GET https://origin.test/v1"],
  ["GET https://evil.test:PORT/"],
  ["GET https://private.test:PORT/"],
  ["GET https://127.0.0.1:PORT/"],
  ["GET https://2130706433:PORT/"],
  ["GET https://user@origin.test:PORT/v1"],
  ["GET https://a.wide.test:PORT/x/info/refs?service=git-receive-pack"],
  ["POST https://a.wide.test:PORT/x/git-receive-pack"],
  ["GET https://a.wide.test:PORT/../x"],
  ["GET https://wide.test:PORT/"],
  ["TRACE https://a.wide.test:PORT/"],
  ["GET https://a.wide.test:PORT/", [["host", "origin.test"]]],
  ["GET https://a.wide.test:PORT/", [["x y", "z"]]],
  ["GET https://a.wide.test:PORT/", [["expect", "200-ok"]]],
  ["GET https://a.wide.test:PORT/", [["upgrade", "h2c"], ["connection", "upgrade"]]],
  ["POST https://origin.test:PORT/v1", [["x-http-method-override", "GET"]]],
  ["GET https://origin.test:PORT/v1", [["x-http-method-override", "DELETE"]]],
  ["GET https://own.test:PORT/", [["authorization", "Bearer the-agents-own"]]],
  ["GET https://a.wide.test:PORT/", [["x-note", PLACEHOLDER]]],
  [`GET https://a.wide.test:PORT/${PLACEHOLDER}`],
  ["GET https://origin.test:PORT/v1", [["authorization", `Bearer ${PLACEHOLDER}`]]],
  ["GET http://origin.test:PORT/v1"],
  ["GET http://private.test:PORT/"],
  ["GET http://evil.test:PORT/"],
  ["GET http://127.1:PORT/"],
  ["GET http://a.wide.test:443/"],
];

const lengths = (wires: readonly Wire[]): readonly number[] =>
  wires.map(({ received }) => received.length);

Deno.test("explainRequest says of every request what the running proxy does with it", async () => {
  const leaf = await leafForNames(authority.ca, NAMES);
  await using upstream = startRecorder(leaf);
  await using plain = startRecorder(undefined);
  const wires = (port: number): readonly Wire[] => (port === plain.port ? plain : upstream).wires;
  let passed = 0;
  for (const { port } of [upstream, plain]) {
    const isTls = port === upstream.port;
    const routes = routesFor(port);
    await using proxy = await startProxy({
      routes,
      tokens: { EGRESS_TOKEN_1: TOKEN },
      caPem: authority.ca.cert_pem,
    });
    const options: ExplainOptions = {
      table: compileRoutes(routes.map((route) => ({ ...route, origin: "test" }))),
      now: Date.now(),
      addresses: [LOOPBACK],
      placeholders: [],
      exceptions: new Map(),
      joined: new Set(),
      isProxied: () => false,
    };
    for (const [template, headers = []] of requests) {
      const line = template.replace("PORT", `${port}`);
      if (line.includes("https://") !== isTls) continue;
      const [method = "", url = ""] = line.split(" ");
      const explained = explainRequest({ method, url, headers }, options);
      const before = lengths(wires(port));
      assert.equal(explained.refusal?.reason, await ask(proxy, { method, url, headers }), line);
      const sent = wires(port).map(({ received }, at) => received.slice(before[at] ?? 0)).join("");
      assert.equal(sent !== "", explained.verdict === "passes", line);
      if (explained.verdict === "refused") continue;
      passed++;
      const put = explained.sent?.credential === undefined ? "" : TOKEN;
      assert.equal(sent.includes(TOKEN), put === TOKEN, line);
      assert.equal(sent.includes("foreign"), false, line);
    }
  }
  assert.ok(passed >= 6, `only ${passed} passed`);
});
