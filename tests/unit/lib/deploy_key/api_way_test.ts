import assert from "node:assert/strict";
import { findWay, hostsOnTheWay, isSafeAddress } from "../../../../lib/deploy_key/api_way.ts";
import { readUpstreamProxy } from "../../../../lib/plan/upstream_proxy.ts";

const API = "https://gitea.example.com/api/v1/x";

function proxy(url: string, noProxy = ""): ReturnType<typeof readUpstreamProxy> {
  const env: Record<string, string> = {
    BOT_BOTTLE_UPSTREAM_PROXY: url,
    BOT_BOTTLE_NO_PROXY: noProxy,
  };
  return readUpstreamProxy((name) => env[name]);
}

Deno.test("findWay goes directly where there is no proxy, or none for this host", () => {
  for (const noProxy of [null, proxy("http://192.0.2.1:3128", ".example.com,192.0.2.0/24")]) {
    const way = findWay(API, { extraCaPem: "pem", proxy: noProxy });
    assert.deepEqual(way, { extraCaPem: "pem", proxy: null });
    assert.deepEqual(hostsOnTheWay(API, way), ["gitea.example.com:443"]);
  }
  const literal = "https://192.0.2.7:8443";
  const way = findWay(literal, {
    extraCaPem: null,
    proxy: proxy("http://192.0.2.1:3128", "192.0.2.0/24"),
  });
  assert.deepEqual(hostsOnTheWay(literal, way), ["192.0.2.7:8443"]);
});

Deno.test("findWay takes the company's proxy, with its credentials", () => {
  const way = findWay(API, { extraCaPem: null, proxy: proxy("http://ada:p%3Aw%20d@proxy:3128") });
  assert.equal(way.proxy?.credentials?.username, "ada");
  assert.equal(way.proxy?.credentials?.password.reveal(), "p:w d");
  assert.deepEqual(hostsOnTheWay(API, way), ["gitea.example.com:443", "proxy:3128"]);
});

Deno.test("findWay knows this machine by its own name: containers have another for it", () => {
  const way = findWay(API, { extraCaPem: null, proxy: proxy("http://host.docker.internal:3128") });
  assert.deepEqual(way.proxy, { host: "localhost", port: 3128, credentials: null });
});

Deno.test("hostsOnTheWay keeps an IPv6 address in brackets", () => {
  const api = "https://[2001:db8::7]:8443";
  const way = findWay(api, {
    extraCaPem: null,
    proxy: proxy("http://192.0.2.1:1", "2001:db8::/32"),
  });
  assert.deepEqual(hostsOnTheWay(api, way), ["[2001:db8::7]:8443"]);
});

Deno.test("hostsOnTheWay refuses a host that would open more than itself", () => {
  for (const api of ["https://a,0.0.0.0", "https://a,b.example.com:1"]) {
    assert.throws(() => hostsOnTheWay(api, { extraCaPem: null, proxy: null }), {
      code: "deploy-key-unreachable",
    });
  }
});

Deno.test("findWay takes no proxy for what is not encrypted", () => {
  const api = "http://localhost:3000/gitea";
  const way = findWay(api, { extraCaPem: null, proxy: proxy("http://192.0.2.1:3128") });
  assert.equal(way.proxy, null);
  assert.deepEqual(hostsOnTheWay(api, way), ["localhost:3000"]);
  assert.deepEqual(hostsOnTheWay("http://127.0.0.1/", way), ["127.0.0.1:80"]);
});

Deno.test("isSafeAddress takes TLS, and plain HTTP to this machine only", () => {
  const safe = ["https://gitea.example.com", "http://localhost:3000", "http://127.0.0.1:3000/x"];
  for (const api of [...safe, "http://[::1]:3000", "http://127.8.9.1/"]) {
    assert.ok(isSafeAddress(api), api);
  }
  const unsafe = ["http://gitea.example.com", "http://192.0.2.1", "http://localhost.example.com"];
  for (
    const api of [...unsafe, "ftp://localhost", "http://localhost@192.0.2.1/", "", "localhost"]
  ) {
    assert.ok(!isSafeAddress(api), api);
  }
});
