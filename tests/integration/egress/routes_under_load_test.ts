import assert from "node:assert/strict";
import type { Route } from "../../../lib/egress/route/route.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import type { WireResponse } from "../../support/egress/wire.ts";

const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "name", value: "origin.test" });

const SWAPS = 500;
const CLIENTS = 6;
const BODY = "x".repeat(100);

/** One set lets `/a` pass with short bodies, the other `/b` with any: a mixture would let a long body to `/a` pass. */
function sets(port: number): readonly [Route, Route] {
  const route = { host: "origin.test", ports: [port], allow_private: true, origin: "test" };
  return [
    {
      ...route,
      matches: [{ paths: [{ type: "exact", value: "/a" }] }],
      limits: { body_bytes: 10 },
    },
    { ...route, matches: [{ paths: [{ type: "regex", value: "/b" }] }] },
  ];
}

interface Refusal {
  readonly reason: string;
  readonly detail: string;
}

/** Which set a response is one of. */
function setOf(path: string, { status, body }: WireResponse): "first" | "second" | undefined {
  const refusal: Refusal = status === 200 ? { reason: "", detail: "" } : JSON.parse(body);
  const { reason, detail } = refusal;
  if (path === "/a") {
    if (status === 413 && reason === "body-too-large") return "first";
    return status === 403 && detail.includes('regex "/b"') ? "second" : undefined;
  }
  if (status === 200 && body === "ok") return "second";
  return status === 403 && detail.endsWith("any method on /a") ? "first" : undefined;
}

Deno.test("no request is judged by a mixture of two lists of routes, however fast they change", async () => {
  await using upstream = startRecorder(leaf);
  const [first, second] = sets(upstream.port);
  await using proxy = await startProxy({ routes: [first], caPem: authority.ca.cert_pem });
  const host = `origin.test:${upstream.port}`;
  let isOver = false;
  const seen = { first: 0, second: 0 };
  const wrong: string[] = [];
  const run = async (path: string): Promise<void> => {
    while (!isOver) {
      const client = await proxy.tunnel(host);
      await client.write(
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
      );
      const response = await client.response();
      client.close();
      const set = setOf(path, response);
      if (set === undefined) wrong.push(`${path} ${response.status} ${response.body}`);
      else seen[set]++;
    }
  };
  const clients = Array.from({ length: CLIENTS }, (_, n) => run(n % 2 === 0 ? "/a" : "/b"));
  for (let swap = 0; swap < SWAPS || seen.first === 0 || seen.second === 0; swap++) {
    proxy.engine.replaceRoutes([swap % 2 === 0 ? second : first], swap + 2);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  isOver = true;
  await Promise.all(clients);
  assert.deepEqual(wrong, []);
  assert.ok(seen.first > 0 && seen.second > 0, JSON.stringify(seen));
  assert.doesNotMatch(upstream.received, /POST \/a/);
  assert.deepEqual(proxy.log, []);
});
