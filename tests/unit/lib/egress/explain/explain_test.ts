import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import { type IpAddress, parseAddress } from "../../../../../lib/egress/host/address.ts";
import { checkAddresses } from "../../../../../lib/egress/host/destination.ts";
import { explainRequest } from "../../../../../lib/egress/explain/explain.ts";
import {
  type ExplainOptions,
  type Explanation,
  stepNames,
} from "../../../../../lib/egress/explain/explanation.ts";
import { parseRequestHead } from "../../../../../lib/egress/http1/request_head.ts";
import { judgeConnect } from "../../../../../lib/egress/judge/judge_connect.ts";
import { judgeRequest } from "../../../../../lib/egress/judge/judge_request.ts";
import type { HeaderList } from "../../../../../lib/egress/message.ts";
import type { Route } from "../../../../../lib/egress/route/route.ts";
import { compileRoutes } from "../../../../../lib/egress/route/route_table.ts";

const NOW = Date.parse("2026-01-02T03:04:05.678Z");

const PLACEHOLDER = "sk-bot-bottle-demo-ab12c-AAAAAAAAAAAAAAAAAAAAAA";

const routes: readonly Route[] = [
  {
    host: "api.test",
    matches: [
      { methods: ["GET"], paths: [{ type: "prefix", value: "/v1" }] },
      { methods: ["POST"], paths: [{ type: "exact", value: "/v1/x" }] },
      { paths: [{ type: "exact", value: "/old" }], expires_at: "2026-01-01T00:00:00.000Z" },
    ],
    auth: { scheme: "header", header: "x-key", token: "EGRESS_TOKEN_1" },
    limits: { requests_per_minute: 60, bytes_out: 10, body_bytes: 5 },
    origin: "manifest dev.md:7",
  },
  { host: "open.test", ports: [443, 80, 8443], origin: "manifest dev.md:9" },
  { host: "*.wide.test", allow_private: true, origin: "allow" },
  { host: "own.test", auth: { scheme: "agent" }, origin: "manifest dev.md:20" },
  { host: "tunnel.test", tls: "passthrough", origin: "manifest dev.md:22" },
  { host: "provider.test", provider: true, origin: "provider test" },
  { host: "db.internal", origin: "manifest dev.md:22" },
  { host: "joined.test", origin: "manifest dev.md:23" },
  { host: "few.test", limits: { bytes_out: 5 }, origin: "manifest dev.md:25" },
  {
    host: "gone.wide.test",
    matches: [{ methods: ["DELETE"], expires_at: "2026-01-01T00:00:00.000Z" }],
    origin: "allow",
  },
  { host: "192.0.2.9", tls: "passthrough", origin: "manifest dev.md:26" },
  { host: "192.0.2.7", allow_private: true, origin: "manifest dev.md:24" },
];

const WEBSOCKET: HeaderList = [
  ["connection", "upgrade"],
  ["upgrade", "websocket"],
  ["sec-websocket-version", "13"],
  ["sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="],
];

const options: ExplainOptions = {
  table: compileRoutes(routes),
  now: NOW,
  placeholders: [{ value: PLACEHOLDER, token: "EGRESS_TOKEN_1" }],
  exceptions: new Map(),
  joined: new Set(["joined.test"]),
  isProxied: (host) =>
    host.kind === "name" && ["proxied.wide.test", "db.internal"].includes(host.name),
};

function explain(
  line: string,
  headers: HeaderList = [],
  addresses?: readonly string[],
): Explanation {
  const [method = "", url = ""] = line.split(" ");
  const known = addresses?.map(address);
  return explainRequest({ method, url, headers }, {
    ...options,
    ...(known === undefined ? {} : { addresses: known }),
  });
}

function address(text: string): IpAddress {
  const parsed = parseAddress(text);
  assert.ok(parsed);
  return parsed;
}

/** `parse ok, destination ok, route NO, …`, one letter a step. */
function outcomes({ steps }: Explanation): string {
  return steps.map(({ outcome }) => outcome[0]).join("");
}

const table: readonly (readonly [
  line: string,
  outcomes: string,
  reason: string | undefined,
  headers?: HeaderList,
  addresses?: readonly string[],
])[] = [
  ["GET https://api.test/v1/a", "pppppo", undefined],
  ["GET https://api.test/v1/a", "pppppp", undefined, [], ["203.0.114.1"]],
  ["GET https://api.test/v1/a", "pppppr", "private-address", [], ["203.0.114.1", "10.0.0.1"]],
  ["GET https://x.wide.test/", "pppppp", undefined, [], ["10.0.0.1"]],
  ["GET https://x.wide.test/", "pppppr", "private-address", [], ["169.254.169.254"]],
  ["GET https://joined.test/", "pppppo", undefined, [], ["10.0.0.1"]],
  ["GET https://proxied.wide.test/", "pppppo", undefined, [], ["10.0.0.1"]],
  ["GET https://db.internal/", "pppppr", "private-address"],
  ["POST https://api.test/v1/x", "pprsss", "body-too-large", [["content-length", "6"]]],
  ["POST https://api.test/v1/x", "pppppo", undefined, [["content-length", "5"]]],
  ["POST https://few.test/", "pprsss", "budget", [["content-length", "6"]]],
  ["POST https://open.test/", "pppppo", undefined, [
    ["content-length", "0"],
    ["content-encoding", "foo"],
  ]],
  ["POST https://api.test/v1/x", "ppprss", "placeholder", [
    ["content-length", "6"],
    ["x-note", PLACEHOLDER],
  ]],
  ["GET https://open.test/", "rsssss", "protocol", [
    ...WEBSOCKET,
    ["sec-websocket-extensions", "permessage-deflate; ="],
  ]],
  ["GET https://192.0.2.9/", "rsssss", "protocol"],
  ["GET https://192.0.2.7/", "pppppp", undefined],
  ["GET https://192.0.2.8/", "prssss", "ip-literal"],
  ["GET https://none.test/", "pprsss", "host-not-allowed"],
  ["GET https://wide.test/", "pprsss", "host-not-allowed"],
  ["GET https://api.test:8443/v1", "prssss", "port"],
  ["GET http://api.test:443/v1", "prssss", "port"],
  ["DELETE https://api.test/v1", "pprsss", "method"],
  ["GET https://api.test/v2", "pprsss", "no-match"],
  ["GET https://api.test/old", "pprsss", "expired"],
  ["TRACE https://open.test/", "pprsss", "method"],
  ["GET https://open.test/x/info/refs?service=git-receive-pack", "pprsss", "git-push"],
  ["GET https://api.test/v1/../x", "rsssss", "protocol"],
  ["GET https://user@open.test/", "rsssss", "protocol"],
  ["GET https://open.test/", "rsssss", "protocol", [["host", "evil.test"]]],
  ["GET https://open.test/", "rsssss", "protocol", [["x y", "z"]]],
  ["GET https://open.test/", "rsssss", "too-large", [["x", "a".repeat(70_000)]]],
  ["GET https://open.test/", "ppprss", "placeholder", [["authorization", PLACEHOLDER]]],
  [`GET https://open.test/?a=${PLACEHOLDER}`, "ppprss", "placeholder"],
  ["GET https://api.test/v1", "pppppo", undefined, [["x-key", PLACEHOLDER]]],
  [`GET https://provider.test/?a=${PLACEHOLDER}`, "pppppo", undefined],
  ["GET https://open.test/", "pppppo", undefined, [["content-encoding", "x"]]],
  [
    "POST https://open.test/",
    "ppprss",
    "unreadable-request",
    [["content-encoding", "x"], ["content-length", "1"]],
  ],
  ["GET https://tunnel.test/anything/../x", "pppsso", undefined],
];
for (const [line, wanted, reason, headers, addresses] of table) {
  Deno.test(`explainRequest of ${line} is ${wanted}`, () => {
    const explained = explain(line, headers, addresses);
    assert.equal(outcomes(explained), wanted, JSON.stringify(explained.steps));
    assert.equal(explained.refusal?.reason, reason);
    assert.equal(explained.verdict, reason === undefined ? "passes" : "refused");
    assert.deepEqual(explained.steps.map(({ name }) => name), stepNames);
    assert.equal(explained.isAddressOpen, wanted.endsWith("o"));
  });
}

Deno.test("explainRequest says what is taken off and what is put on, and no value of either", () => {
  const secret = "marker-5f2a91c3";
  const explained = explain(`POST https://api.test/v1/x?private_token=${secret}`, [
    ["Authorization", `Bearer ${secret}`],
    ["X-Key", secret],
    ["Cookie", secret],
  ]);
  assert.deepEqual(explained.sent, {
    removed: ["authorization", "x-key", "cookie"],
    isQueryStripped: true,
    isForeign: true,
    credential: { scheme: "header", header: "x-key" },
  });
  const [, , route, , credentials] = explained.steps;
  assert.equal(
    route?.detail,
    `"api.test" (manifest dev.md:7): POST on /v1/x; within 60 requests a minute, 10 bytes out, 5 bytes of body`,
  );
  assert.equal(
    credentials?.detail,
    `taken off: authorization, x-key, cookie, keys of the query; header is put on, in "x-key"; marked foreign-credential`,
  );
  assert.doesNotMatch(JSON.stringify(explained.steps), new RegExp(secret));
});

Deno.test("explainRequest names the route that decides where a narrower one is over", () => {
  const { steps, route } = explain("GET https://gone.wide.test/a");
  assert.equal(route?.host, "*.wide.test");
  assert.equal(steps[2]?.detail, `"*.wide.test" (allow): every request passes`);
  const refused = explain("GET https://gone.wide.test/x/info/refs?service=git-receive-pack");
  assert.equal(refused.route?.host, "*.wide.test");
});

Deno.test("explainRequest marks a credential among a WebSocket's protocols as foreign", () => {
  const offer = (protocol: string): HeaderList => [...WEBSOCKET, [
    "sec-websocket-protocol",
    protocol,
  ]];
  assert.equal(explain("GET https://open.test/", offer("bearer.abc, x")).sent?.isForeign, true);
  assert.equal(explain("GET https://open.test/", offer("x")).sent?.isForeign, false);
});

Deno.test("explainRequest puts no credential on plain http, and leaves the agent its own where it may", () => {
  const plain = explain("GET http://api.test/v1", [["cookie", "a=b"]]);
  assert.equal(plain.sent?.credential, undefined);
  assert.match(plain.steps[4]?.detail ?? "", /never over plain http/);
  const own = explain("GET https://own.test/", [["authorization", "Bearer x"]]);
  assert.deepEqual(own.sent?.removed, []);
  assert.match(own.steps[4]?.detail ?? "", /^the agent's own pass$/);
});

Deno.test("explainRequest throws for what no client could send", () => {
  assert.throws(() => explain("GET ftp://open.test/"), { code: "request-unwritable", exitCode: 2 });
});

const url = fc.record({
  scheme: fc.constantFrom("http", "https"),
  host: fc.constantFrom("api.test", "open.test", "x.wide.test", "wide.test", "192.0.2.7", "[::1]"),
  port: fc.constantFrom("", ":443", ":80", ":8443"),
  path: fc.constantFrom("/", "/v1", "/v1/x", "/v1/../x", "/old", "/v1;a", "/x/git-receive-pack"),
});
const field = fc.constantFrom<readonly [string, string]>(
  ["host", "open.test"],
  ["upgrade", "h2c"],
  ["x-http-method-override", "DELETE"],
  ["content-length", "5"],
  ["transfer-encoding", "chunked"],
  ["cookie", "a=b"],
  ["bad name", "x"],
);

Deno.test("explainRequest says what the judges say, for any request", () => {
  fc.assert(
    fc.property(
      url,
      fc.constantFrom("GET", "POST", "DELETE", "CONNECT", "TRACE"),
      fc.array(field, { maxLength: 3 }),
      fc.option(fc.constantFrom("10.0.0.1", "203.0.114.1"), { nil: undefined }),
      ({ scheme, host, port, path }, method, headers, resolved) => {
        const explained = explain(
          `${method} ${scheme}://${host}${port}${path}`,
          headers,
          resolved === undefined ? undefined : [resolved],
        );
        const authority = `${host}${port}`;
        const wanted = judged(scheme === "https", { authority, path, method, headers, resolved });
        assert.equal(explained.refusal?.reason, wanted);
      },
    ),
    { numRuns: 2_000 },
  );
});

interface Asked {
  readonly authority: string;
  readonly path: string;
  readonly method: string;
  readonly headers: HeaderList;
  readonly resolved: string | undefined;
}

/** The reason that the proxy's own calls come to. */
function judged(
  isTls: boolean,
  { authority, path, method, headers, resolved }: Asked,
): string | undefined {
  const named = headers.some(([name]) => name === "host");
  const fields = [...(named ? [] : [["host", authority] as const]), ...headers]
    .map(([name, value]) => `\r\n${name}: ${value}`).join("");
  try {
    const place = isTls && !/:\d+$/.test(authority) ? `${authority}:443` : authority;
    const connect = isTls
      ? judgeConnect(
        options.table,
        parseRequestHead(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}`),
        NOW,
      )
      : undefined;
    if (connect?.ok === false) return connect.reason;
    const target = isTls ? path : `http://${authority}${path}`;
    const head = parseRequestHead(`${method} ${target} HTTP/1.1${fields}`);
    const decision = judgeRequest(options.table, head, connect?.target, NOW);
    if (!decision.ok) return decision.reason;
    const { host } = decision.target;
    const known = host.kind === "ip" ? host.address : resolved && address(resolved);
    if (known === undefined || known === "") return undefined;
    const checked = checkAddresses(host, [known], decision.route, new Map());
    return checked.ok ? undefined : checked.reason;
  } catch {
    return "protocol";
  }
}
