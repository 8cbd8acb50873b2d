import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import {
  readUpstreamProxy,
  revealUpstreamProxy,
  type UpstreamProxyPlan,
} from "../../../../lib/plan/upstream_proxy.ts";

const PASSWORD = "hunter2-marker";

function read(proxy: string, noProxy?: string): UpstreamProxyPlan | null {
  return readUpstreamProxy((name) =>
    ({ BOT_BOTTLE_UPSTREAM_PROXY: proxy, BOT_BOTTLE_NO_PROXY: noProxy })[name]
  );
}

Deno.test("readUpstreamProxy reads host, port, credentials and exceptions", () => {
  assert.equal(read(""), null);
  assert.equal(read("  "), null);
  assert.equal(readUpstreamProxy(() => undefined), null);
  assert.deepEqual(read("http://Proxy.Example.:3128/"), {
    host: "proxy.example",
    port: 3128,
    authorization: null,
    noProxy: [],
  });
  const plan = read(
    "HTTP://ann:p%40ss%3Aword@[2001:db8::1]:8080",
    "a.example, .b.example 10.0.0.0/8,",
  );
  assert.deepEqual(revealUpstreamProxy(plan), {
    host: "[2001:db8::1]",
    port: 8080,
    authorization: `Basic ${btoa("ann:p@ss:word")}`,
    no_proxy: ["a.example", ".b.example", "10.0.0.0/8"],
  });
  assert.equal(read("http://ann@p:1")?.authorization?.reveal(), `Basic ${btoa("ann:")}`);
  assert.equal(
    read("http://%C3%A4:%F0%9F%94%91@p:1")?.authorization?.reveal(),
    "Basic w6Q68J+UkQ==",
  );
  assert.equal(revealUpstreamProxy(null), null);
});

Deno.test("readUpstreamProxy refuses what it can't use, and never repeats it", () => {
  const cases: [string, RegExp][] = [
    [`ann:${PASSWORD}@proxy:3128`, /no address of a proxy/],
    ["proxy.example:3128", /no address of a proxy/],
    [`http://ann:${PASSWORD}@proxy:3128/path`, /no address of a proxy/],
    [`http://ann:${PASSWORD}@`, /no address of a proxy/],
    [`http://ann:${PASSWORD}@b@proxy:1`, /no address of a proxy/],
    [`https://ann:${PASSWORD}@proxy:3128`, /plain HTTP/],
    [`socks5://ann:${PASSWORD}@proxy:3128`, /plain HTTP/],
    [`http://ann:${PASSWORD}@proxy`, /names no port/],
    [`http://ann:${PASSWORD}@proxy:0`, /names no host/],
    [`http://ann:${PASSWORD}@0x7f.1:3128`, /names no host/],
    [`http://ann:${PASSWORD}%0d%0aX:y@proxy:3128`, /can't be read/],
    [`http://ann:${PASSWORD}%zz@proxy:3128`, /can't be read/],
    [`http://a%3Ab:${PASSWORD}@proxy:3128`, /can't be read/],
    ["http://localhost:3128", /in a bundle that is itself/],
    ["http://127.0.0.1:3128", /in a bundle that is itself/],
    ["http://[::ffff:127.0.0.1]:3128", /in a bundle that is itself/],
    ["http://0.0.0.0:3128", /in a bundle that is itself/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => read(text), (error) => {
      assert.ok(error instanceof BottleError);
      assert.equal(error.code, "upstream-proxy");
      assert.match(error.message, message, text);
      assert.ok(error.hint !== undefined);
      return !`${error.message} ${error.hint}`.includes(PASSWORD);
    }, text);
  }
});

Deno.test("readUpstreamProxy names the exception that is none", () => {
  const read2 = (noProxy: string) => () => read("http://p:1", noProxy);
  assert.throws(read2("a.example,*"), /BOT_BOTTLE_NO_PROXY has "\*": it names every host/);
  assert.throws(read2("a.example:443"), /has "a.example:443"/);
  assert.throws(read2(Array(257).fill("a.example").join()), /more than 256 entries/);
});

Deno.test("readUpstreamProxy's plan shows no credential by accident", () => {
  const plan = read(`http://ann:${PASSWORD}@proxy:3128`);
  const shown = `${JSON.stringify(plan)} ${Deno.inspect(plan)}`;
  assert.ok(!shown.includes(PASSWORD) && !shown.includes(btoa(`ann:${PASSWORD}`)));
});
