import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import { certificateFingerprint } from "../../../lib/pki/authority.ts";
import { testAuthority } from "../../support/egress/certificates.ts";
import { startEgress } from "../../support/egress/program.ts";
import { startRecorder } from "../../support/egress/recorder.ts";
import { patiently, Wire } from "../../support/egress/wire.ts";

const TOKEN = "sk-real-marker-5f2a91c3";
const authority = await testAuthority();
const leaf = await authority.issuer.leafFor({ kind: "ip", value: "127.0.0.1" });

function config(upstreamPort: number, port = 0): EgressConfig {
  return {
    listen: { address: "127.0.0.1", port },
    dns: null,
    peers: ["127.0.0.1"],
    routes: [{
      host: "127.0.0.1",
      ports: [upstreamPort],
      allow_private: true,
      auth: { scheme: "header", header: "x-api-key", token: "EGRESS_TOKEN_1" },
      origin: "test",
    }],
    tokens: { EGRESS_TOKEN_1: TOKEN },
    extra_ca_pem: authority.ca.cert_pem,
    placeholders: [],
    upstream_proxy: null,
    private_exceptions: [],
    log: "all",
    self_test: null,
    ca: null,
  };
}

/** One request through a tunnel. */
async function ask(proxyPort: number, caPem: string, host: string): Promise<string> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: proxyPort });
  using wire = new Wire(conn);
  await wire.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  assert.equal((await wire.response("HEAD")).status, 200);
  const tls = await Deno.startTls(conn, { hostname: "127.0.0.1", caCerts: [caPem] });
  using inner = new Wire(tls);
  await inner.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return (await inner.response()).body;
}

for (const end of ["\n", ""] as const) {
  const how = end === "" ? "the end of stdin" : "a newline";
  Deno.test(`egress alone, configured up to ${how}, proxies with the network permission only`, async () => {
    await using upstream = startRecorder(leaf);
    await using egress = startEgress(["--config", "-"]);
    await egress.write(JSON.stringify(config(upstream.port), null, end === "" ? 2 : 0) + end);
    if (end === "") await egress.close();
    const ready = Object(JSON.parse(await patiently(egress.line())));
    assert.deepEqual(Object.keys(ready), ["ready", "proxy", "ca_pem"]);
    const { port } = new URL(String(ready.proxy));
    const host = `127.0.0.1:${upstream.port}`;
    assert.equal(await ask(Number(port), String(ready.ca_pem), host), "ok");
    assert.ok(upstream.received.includes(`x-api-key: ${TOKEN}\r\n`));
    const row = Object(JSON.parse(await patiently(egress.line())));
    assert.equal(row.verdict, "allowed");
    egress.process.kill("SIGTERM");
    const { code } = await patiently(egress.process.status);
    assert.equal(code, 0);
    assert.equal(await egress.stderr, "");
  });
}

for (
  const [name, text] of [
    ["no JSON", `{"tokens": {"EGRESS_TOKEN_1": "${TOKEN}"`],
    ["an unknown key", JSON.stringify({ ...config(1), extra: TOKEN })],
    [
      "a token with a line end",
      JSON.stringify({ ...config(1), tokens: { EGRESS_TOKEN_1: `${TOKEN}\n` } }),
    ],
  ] as const
) {
  Deno.test(`egress alone does not start with ${name}, and tells no credential`, async () => {
    await using egress = startEgress(["--config", "-"]);
    await egress.write(text);
    await egress.close();
    const { code } = await patiently(egress.process.status);
    assert.notEqual(code, 0);
    const said = await egress.stderr;
    assert.ok(said.length > 0 && !said.includes(TOKEN), said);
  });
}

Deno.test("egress under init is configured once, records, counts and ends", async () => {
  await using upstream = startRecorder(leaf);
  await using egress = startEgress([]);
  const call = async (id: number, method: string, params: unknown): Promise<void> =>
    await egress.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
  const next = async (): Promise<Record<string, unknown>> =>
    Object(JSON.parse(await patiently(egress.line())));

  await call(1, "stats", null);
  assert.equal(Object((await next()).error).code, -32000);
  // The daemon's own answer does not name its port, and the bundle's is fixed: take one that is free.
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
  await call(2, "configure", config(upstream.port, port));
  const configured = Object((await next()).result);
  const caPem = String(configured.ca.cert_pem);
  assert.equal(configured.ca_sha256, await certificateFingerprint(caPem));
  await call(3, "configure", config(upstream.port, port));
  assert.equal(Object((await next()).error).code, -32001);

  assert.equal(await ask(port, caPem, `127.0.0.1:${upstream.port}`), "ok");
  const append = await next();
  assert.equal(append.method, "audit.append");
  const { rows, first } = Object(append.params);
  assert.equal(first, 1);
  assert.equal(rows.length, 1);
  assert.equal(rows[0].verdict, "allowed");
  await egress.write(`${JSON.stringify({ jsonrpc: "2.0", id: append.id, result: { last: 1 } })}\n`);

  await call(4, "stats", null);
  const stats = Object((await next()).result);
  assert.equal(stats.requests, 1);
  assert.equal(stats.bytes_down, 2);
  await call(5, "shutdown", null);
  assert.equal((await next()).result, null);
  assert.equal((await patiently(egress.process.status)).code, 0);
  assert.equal(await egress.stderr, "");
});

Deno.test("egress ends when init is gone", async () => {
  await using egress = startEgress([]);
  await egress.close();
  assert.equal((await patiently(egress.process.status)).code, 0);
});

Deno.test("egress alone ends when nobody reads its audit any more: nothing passes unrecorded", async () => {
  const process = new Deno.Command("sh", {
    // `head` takes the ready line and goes.
    args: [
      "-c",
      'exec 3>&1; { "$@" || echo "ended $?" >&3; } | head -n 1 >&2',
      "sh",
      Deno.execPath(),
      ...["run", "--no-check", "--no-prompt", "--allow-net"],
      ...[fileURLToPath(new URL("../../../sidecars/main.ts", import.meta.url))],
      ...["egress", "--config", "-"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${JSON.stringify(config(1))}\n`));
  let told = "";
  const stderr = process.stderr.pipeThrough(new TextDecoderStream()).getReader();
  while (!told.includes("\n")) told += (await patiently(stderr.read())).value ?? "";
  const { proxy } = Object(JSON.parse(told.slice(0, told.indexOf("\n"))));
  const { port } = new URL(String(proxy));
  using wire = new Wire(await Deno.connect({ hostname: "127.0.0.1", port: Number(port) }));
  await wire.write("GET http://blocked.example/ HTTP/1.1\r\nHost: blocked.example\r\n\r\n");
  assert.equal((await wire.response()).status, 403);
  assert.equal((await patiently(new Response(process.stdout).text())).trim(), "ended 1");
  for (let more = await stderr.read(); !more.done; more = await stderr.read()) told += more.value;
  assert.match(told, /Nobody reads the audit on stdout any more/);
  await writer.abort().catch(() => {});
  await process.status;
});
