import assert from "node:assert/strict";
import { fc } from "../../../../../lib/deps/fast_check.ts";
import {
  authFor,
  checkToken,
  type HeaderList,
  inject,
  isInjectableHeader,
  isPlaceholder,
  stripInbound,
} from "../../../../../lib/egress/credential/credentials.ts";
import type { InjectedAuth, Route, RouteAuth } from "../../../../../lib/egress/route/route.ts";
import { makePlaceholder, parseSlug } from "../../../../../lib/names.ts";

const plain: Route = { host: "api.example.com", origin: "manifest demo.md:7" };
const placeholder = makePlaceholder(
  "sk-ant-oat01-",
  parseSlug("demo-ab12c"),
  (n) => crypto.getRandomValues(new Uint8Array(n)),
);

function withAuth(auth: RouteAuth): Route {
  return { ...plain, auth };
}
const bearer = withAuth({ scheme: "bearer", token: "EGRESS_TOKEN_1" });
const custom = withAuth({ scheme: "header", header: "x-my-key", token: "EGRESS_TOKEN_1" });

Deno.test("stripInbound removes credentials in any case and number, and keeps the rest in order", () => {
  const headers: HeaderList = [
    ["Accept", "a/b"],
    ["Authorization", "Bearer x"],
    ["X-Custom", "1"],
    ["AUTHORIZATION", "Basic y"],
    ["aUtHoRiZaTiOn", ""],
    ["Proxy-Authorization", "Basic z"],
    ["X-Api-Key", "k"],
    ["x-api-key", "k2"],
    ["x-custom", "2"],
    ["Cookie", "a=b"],
    ["Authorization-Info", "3"],
  ];
  const { headers: kept, removed, foreign } = stripInbound(headers, plain);
  assert.deepEqual(kept, [["Accept", "a/b"], ["X-Custom", "1"], ["x-custom", "2"], [
    "Cookie",
    "a=b",
  ], ["Authorization-Info", "3"]]);
  assert.deepEqual(removed, ["authorization", "proxy-authorization", "x-api-key"]);
  assert.equal(foreign, false);
});

Deno.test("stripInbound removes sessions and other keys where a credential is injected", () => {
  for (
    const name of [
      "Cookie",
      "Api-Key",
      "PRIVATE-TOKEN",
      "X-Goog-Api-Key",
      "Job-Token",
      "X-Auth-Token",
      "X-Amz-Security-Token",
      "X-Shopify-Access-Token",
      "X-RapidAPI-Key",
      "Ocp-Apim-Subscription-Key",
      "X-Auth-Key",
      "Fastly-Key",
      "Private.Token",
      "X-Goog-IAM-Authorization-Token",
      "DPoP",
      "X-JWT",
      "X-Goog-Iap-Jwt-Assertion",
      "Aeg-Sas-Key",
      "X-Api-Secret-Key",
      "X-Basic-Auth",
      "OK-ACCESS-PASSPHRASE",
    ]
  ) {
    assert.deepEqual(stripInbound([[name, "v"]], bearer).headers, [], name);
    assert.deepEqual(stripInbound([[name, "v"]], plain).headers, [[name, "v"]], name);
  }
});

Deno.test("stripInbound keeps what is no credential where one is injected", () => {
  const names = [
    "Idempotency-Key",
    "X-CSRF-Token",
    "x-ms-continuation-token",
    "Sec-WebSocket-Key",
    "Tokenizer",
    "anthropic-version",
  ];
  for (const name of names) {
    assert.deepEqual(stripInbound([[name, "v"]], bearer).headers, [[name, "v"]], name);
  }
});

Deno.test("stripInbound takes an underscore for the hyphen that many servers read it as", () => {
  for (const name of ["X_Api_Key", "x-api_key", "Proxy_Authorization", "X.Api.Key", "x~api*key"]) {
    assert.deepEqual(stripInbound([[name, "attacker"]], plain).headers, [], name);
  }
  for (const name of ["PRIVATE_TOKEN", "X_Auth-Token"]) {
    assert.deepEqual(stripInbound([[name, "attacker"]], bearer).headers, [], name);
  }
  assert.deepEqual(stripInbound([["X_My_Key", "attacker"]], custom).headers, []);
  assert.deepEqual(stripInbound([["session_id", "1"]], bearer).headers, [["session_id", "1"]]);
});

Deno.test("stripInbound removes the very header that a route injects, and on that route only", () => {
  assert.deepEqual(stripInbound([["X-MY-Key", "v"]], custom).headers, []);
  assert.deepEqual(stripInbound([["X-MY-Key", "v"]], bearer).headers, [["X-MY-Key", "v"]]);
});

Deno.test("stripInbound marks a foreign credential where one is injected, and no placeholder", () => {
  const basic = `Basic ${btoa(`x-access-token:${placeholder}`)}`;
  const cases: [Route, string, string, boolean][] = [
    [bearer, "Authorization", "Bearer attacker", true],
    [bearer, "Authorization", `Bearer ${placeholder}`, false],
    [bearer, "authorization", placeholder, false],
    [bearer, "Authorization", basic, false],
    [bearer, "Authorization", `Bearer ${placeholder}x`, true],
    [bearer, "Authorization", "Basic !!!", true],
    [bearer, "X-Api-Key", "attacker", true],
    [bearer, "Cookie", "session=attacker", true],
    [custom, "x-my-key", "attacker", true],
    [custom, "x-my-key", placeholder, false],
    [bearer, "Proxy-Authorization", "Basic x", false],
    [bearer, "Accept", "attacker", false],
    [plain, "Authorization", "Bearer attacker", false],
  ];
  for (const [route, name, value, foreign] of cases) {
    assert.equal(stripInbound([[name, value]], route).foreign, foreign, `${name}: ${value}`);
  }
  assert.equal(
    stripInbound([["authorization", placeholder], ["x-api-key", "y"]], bearer).foreign,
    true,
  );
});

Deno.test("stripInbound leaves no credential header in any list", () => {
  const name = fc.constantFrom(
    "authorization",
    "Authorization",
    "PROXY-AUTHORIZATION",
    "x-API-key",
    "x-my-key",
    "accept",
  );
  fc.assert(fc.property(fc.array(fc.tuple(name, fc.string())), (headers) => {
    const { headers: kept } = stripInbound(headers, custom);
    assert.ok(kept.every(([name]) => name === "accept"));
    assert.equal(kept.length, headers.filter(([name]) => name === "accept").length);
  }));
});

Deno.test("inject writes each scheme", () => {
  const cases: [InjectedAuth, readonly [string, string]][] = [
    [{ scheme: "bearer", token: "EGRESS_TOKEN_1" }, ["Authorization", "Bearer s3cr3t"]],
    [{ scheme: "token", token: "EGRESS_TOKEN_1" }, ["Authorization", "token s3cr3t"]],
    [{ scheme: "basic", username: "me", token: "EGRESS_TOKEN_1" }, [
      "Authorization",
      "Basic bWU6czNjcjN0",
    ]],
    [{ scheme: "header", header: "x-api-key", token: "EGRESS_TOKEN_1" }, ["x-api-key", "s3cr3t"]],
  ];
  for (const [auth, field] of cases) {
    assert.deepEqual(inject([["Accept", "a/b"]], auth, "s3cr3t"), [["Accept", "a/b"], field]);
  }
});

Deno.test("authFor gives nothing over plain http", () => {
  assert.equal(authFor(bearer, "http"), undefined);
  assert.equal(authFor(bearer, "https"), bearer.auth);
  assert.equal(authFor(plain, "https"), undefined);
});

Deno.test("isPlaceholder knows placeholders by their shape", () => {
  assert.ok(isPlaceholder(placeholder));
  assert.ok(isPlaceholder(`token  ${placeholder}`));
  for (
    const text of [
      "",
      "Bearer x",
      "bot-bottle-demo-ab12c-short",
      `${placeholder} x`,
      placeholder.slice(0, -1),
    ]
  ) {
    assert.equal(isPlaceholder(text), false, text);
  }
});

Deno.test("isInjectableHeader takes no header that frames a message or is no lower-case token", () => {
  for (const name of ["authorization", "x-api-key", "private-token", "cookie"]) {
    assert.ok(isInjectableHeader(name), name);
  }
  const bad = [
    "",
    "Host",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "te",
    "upgrade",
    "X-Api-Key",
    "a b",
  ]
    .concat(["a:", "a\r\nb", "proxy-authorization", "expect", "trailer", "ü"]);
  for (const name of bad) assert.equal(isInjectableHeader(name), false, JSON.stringify(name));
});

Deno.test("checkToken refuses what would break a header, and never shows it", () => {
  for (const value of ["a", "sk-ant-oat01-abc", "a b", "~!@#$%^&*()"]) {
    assert.doesNotThrow(() => checkToken("EGRESS_TOKEN_1", value));
  }
  for (
    const value of [
      "",
      "MARK\r\nx: y",
      "MARK\n",
      "MARK\r",
      "MARK\0",
      "\tMARK",
      " MARK",
      "MARK ",
      "MARK\x7f",
      "MÄRK",
      "MA\tRK",
      "MARK\u2028",
    ]
  ) {
    assert.throws(() => checkToken("EGRESS_TOKEN_7", value), (error) => {
      assert.ok(
        error instanceof Error && "code" in error && error.code === "token-invalid",
        JSON.stringify(value),
      );
      assert.match(error.message, /EGRESS_TOKEN_7/);
      assert.doesNotMatch(JSON.stringify(error) + error.message, /MARK|MÄRK/);
      return true;
    });
  }
});
