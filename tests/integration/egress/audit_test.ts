import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import { startProxy } from "../../support/egress/proxy.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import { eventually } from "../../support/egress/wire.ts";

const PLACEHOLDER = "sk-ant-bot-bottle-demo-ab12c-AAAAAAAAAAAAAAAAAAAAAA";
const VALUE = "throw-away-5f2a91c3";

Deno.test("the self-test answers with the hash of the swapped credential", async () => {
  await using proxy = await startProxy({
    routes: [],
    selfTest: { placeholder: PLACEHOLDER, value: VALUE },
  });
  const client = await proxy.plain();
  await client.write(
    `GET http://_egress.local/self-test HTTP/1.1\r\nHost: _egress.local\r\nAuthorization: Bearer ${PLACEHOLDER}\r\n\r\n`,
  );
  const { status, body } = await client.response();
  assert.equal(status, 200);
  assert.deepEqual(JSON.parse(body), { sha256: createHash("sha256").update(VALUE).digest("hex") });
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.kind, "self-test");
  assert.equal(proxy.rows[0]?.verdict, "allowed");
  assert.equal(proxy.engine.stats().requests, 0);
  assert.ok(!JSON.stringify(proxy.rows).includes(VALUE));
});

for (
  const [name, request] of [
    [
      "without the placeholder",
      "GET http://_egress.local/self-test HTTP/1.1\r\nHost: _egress.local\r\n\r\n",
    ],
    [
      "with another credential",
      "GET http://_egress.local/self-test HTTP/1.1\r\nHost: _egress.local\r\nAuthorization: Bearer x\r\n\r\n",
    ],
    [
      "for another Host",
      `GET http://_egress.local/self-test HTTP/1.1\r\nHost: a.test\r\nAuthorization: Bearer ${PLACEHOLDER}\r\n\r\n`,
    ],
  ] as const
) {
  Deno.test(`the self-test ${name} is refused`, async () => {
    await using proxy = await startProxy({
      routes: [],
      selfTest: { placeholder: PLACEHOLDER, value: VALUE },
    });
    const client = await proxy.plain();
    await client.write(request);
    assert.equal((await client.response()).status, 403);
    await proxy.rowCount(1);
    // The agent's asking is no launch's.
    assert.equal(proxy.rows[0]?.kind, "http");
    assert.equal(proxy.engine.stats().blocked, 1);
  });
}

Deno.test("what egress answers itself fills no ledger, however often it is asked", async () => {
  await using proxy = await startProxy({
    routes: [],
    selfTest: { placeholder: PLACEHOLDER, value: VALUE },
  });
  for (const path of ["allowlist", "self-test", "other"]) {
    for (let time = 0; time < 20; time++) {
      const client = await proxy.plain();
      await client.write(
        `GET http://_egress.local/${path} HTTP/1.1\r\nHost: _egress.local\r\n\r\n`,
      );
      await client.response();
      client.close();
    }
  }
  await proxy.engine.close();
  assert.ok(proxy.rows.length <= 6, `${proxy.rows.length} rows`);
  assert.equal(proxy.rows.reduce((sum, { count = 1 }) => sum + count, 0), 60);
});

Deno.test("while rows are not taken, nothing passes once 1,000 wait, and everything again after", async () => {
  const taken: AuditRow[] = [];
  let isDown = true;
  await using upstream = startRecorder(undefined);
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    append: (rows) => {
      if (isDown) return Promise.reject(new Error("down"));
      taken.push(...rows);
      return Promise.resolve();
    },
  });
  const host = `origin.test:${upstream.port}`;
  const get = `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const client = await proxy.plain();
  for (let n = 0; n < 1000; n++) {
    await client.write(get);
    assert.equal((await client.response()).status, 200);
  }
  const before = upstream.received.length;
  await client.write(get);
  const refused = await client.response();
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("x-bot-bottle-block"), "audit-unavailable");
  assert.equal(upstream.received.length, before);
  isDown = false;
  await eventually(() => taken.length === 1000);
  const later = await proxy.plain();
  await later.write(get);
  assert.equal((await later.response()).status, 200);
});

Deno.test("a row shows no credential, and control characters escaped", async () => {
  const token = "sk-real-marker-5f2a91c3";
  await using upstream = startRecorder(undefined);
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    tokens: { EGRESS_TOKEN_1: token },
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.plain();
  await client.write(`GET http://${host}/a/${token}?key=hidden HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 200);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.path, "/a/[redacted]?key=[redacted]");
});

Deno.test("with log set to blocked only what is refused or fails is recorded", async () => {
  await using upstream = startRecorder(undefined);
  await using proxy = await startProxy({
    routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
    log: "blocked",
  });
  const host = `origin.test:${upstream.port}`;
  const client = await proxy.plain();
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await client.response();
  await client.write("GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n");
  await client.response();
  await proxy.rowCount(1);
  assert.deepEqual(proxy.rows.map((row) => row.verdict), ["blocked"]);
  const { requests, blocked } = proxy.engine.stats();
  assert.deepEqual({ requests, blocked }, { requests: 2, blocked: 1 });
});

Deno.test("a flood of refusals alike is two rows, every exchange that was allowed is one, and the counters have all", async () => {
  await using upstream = startRecorder(undefined);
  const rows: AuditRow[] = [];
  const host = `origin.test:${upstream.port}`;
  const get = (name: string): string => `GET http://${name}/ HTTP/1.1\r\nHost: ${name}\r\n\r\n`;
  {
    await using proxy = await startProxy({
      routes: [{ host: "origin.test", ports: [upstream.port], allow_private: true }],
      append: (batch) => Promise.resolve(void rows.push(...batch)),
    });
    const client = await proxy.plain();
    for (let n = 0; n < 20; n++) {
      await client.write(get("evil.test"));
      assert.equal((await client.response()).status, 403);
      if (n % 4 !== 0) continue;
      await client.write(get(host));
      assert.equal((await client.response()).status, 200);
    }
    const { requests, blocked } = proxy.engine.stats();
    assert.deepEqual({ requests, blocked }, { requests: 25, blocked: 20 });
  }
  assert.deepEqual(rows.map(({ verdict }) => verdict), [
    "blocked",
    ...new Array(5).fill("allowed"),
    "blocked",
  ]);
  const [first] = rows;
  const last = rows.at(-1);
  assert.equal(first?.count, undefined);
  assert.deepEqual([last?.count, last?.host, last?.reason], [19, "evil.test", "host-not-allowed"]);
  assert.ok((last?.time ?? "") <= (last?.last_time ?? ""));
});

Deno.test("a row shows no credential in a host's label, in whatever case", async () => {
  const token = "Real-Marker-5f2a91c3";
  await using proxy = await startProxy({ routes: [], tokens: { EGRESS_TOKEN_1: token } });
  const client = await proxy.plain();
  const host = `x-${token}.evil.test`;
  await client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await client.response()).status, 403);
  await proxy.rowCount(1);
  assert.equal(proxy.rows[0]?.verdict, "blocked");
  assert.doesNotMatch(JSON.stringify(proxy.rows), /5f2a91c3/i);
  assert.match(proxy.rows[0]?.host ?? "", /^x-.*\.evil\.test$/);
});
