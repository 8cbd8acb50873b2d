/** Real clients of HTTP/1.1, HTTP/2, gRPC and WebSocket in a bottle, at an upstream whose credential they don't hold. */

import assert from "node:assert/strict";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { ensureHttpClientsImage } from "../../support/http_clients/image.ts";
import { type Ended, makeHome } from "../cli/program.ts";
import callFetch from "./guest/call_fetch.mjs" with { type: "text" };
import callGrpc from "./guest/call_grpc.py" with { type: "text" };
import callHttpx from "./guest/call_httpx.py" with { type: "text" };
import callRequests from "./guest/call_requests.py" with { type: "text" };
import callWebsockets from "./guest/call_websockets.py" with { type: "text" };
import callWs from "./guest/call_ws.cjs" with { type: "text" };
import { HOST, startUpstream } from "./upstream.ts";

const run = createRun();
const TOKEN = `clients-token-${crypto.randomUUID()}`;

const BOTTLE = `---
agent_provider: { template: scripted, image: "IMAGE" }
egress:
  routes:
    - host: ${HOST}
      ports: [443, 8443]
      auth: { scheme: bearer, token_ref: CLIENTS_TOKEN }
      matches:
        - methods: [GET, HEAD, POST]
          paths:
            - { type: exact, value: /echo }
            - { type: exact, value: /big }
            - { type: exact, value: /count }
            - { type: exact, value: /events }
            - { type: exact, value: /socket }
            - { type: prefix, value: /demo.Echo }
---
`;

const EVENTS = "['data: 0', 'data: 1', 'data: 2', 'data: 3', 'data: 4']";

/** Asks over one version of HTTP: small, a head alone, 20 MB up, 4 MiB down, events, and what is refused. */
function curl(version: "--http1.1" | "--http2"): string {
  const ask = `curl --silent --show-error ${version}`;
  return `set -e
    ${ask} --data hello --write-out ' %{http_version}\\n' https://${HOST}/echo
    ${ask} --head --output /dev/null --write-out 'head %{http_code}\\n' https://${HOST}/echo
    head --bytes 20000000 /dev/zero | ${ask} --data-binary @- --expect100-timeout 20 \\
      --header 'Expect: 100-continue' https://${HOST}/count; echo
    ${ask} https://${HOST}/big | sha256sum
    ${ask} --no-buffer https://${HOST}/events | grep --count data
    ${ask} --request DELETE --output /dev/null --write-out 'refused %{http_code}\\n' https://${HOST}/echo`;
}

/** Of the upstream's /big. */
const BIG_SHA256 = "3cab7815c40973b8fb036c7a2a69b3649882622a4a0a2f1a980efa4ef8545577";

Deno.test("clients of every protocol work through a bottle", async (t) => {
  const authority = await createAuthority(new Date());
  const image = await ensureHttpClientsImage(run);
  await using upstream = await startUpstream(run, image, authority);
  await using home = await makeHome();
  const extraCa = `${home.folder}/extra-ca.pem`;
  await Deno.writeTextFile(extraCa, authority.cert_pem);
  await Deno.writeTextFile(`${home.folder}/bottles/dev.md`, BOTTLE.replace("IMAGE", image));
  const env = { BOT_BOTTLE_EXTRA_CA: extraCa, CLIENTS_TOKEN: TOKEN };
  const bundleNetwork = `${upstream.network}=${HOST}`;
  const started = await home.start(
    ["start", "demo", "--yes", "--detach", "--bundle-network", bundleNetwork],
    { env },
  );
  assert.equal(started.code, 0, started.stderr);
  const slug = started.stdout.trim();
  const guest = async (argv: readonly string[], stdin: string): Promise<string> => {
    const { code, stdout, stderr }: Ended = await home.start(
      ["exec", slug, "--", "timeout", "90", ...argv],
      { env, stdin },
    );
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    return stdout;
  };

  for (const version of ["--http1.1", "--http2"] as const) {
    await t.step(`curl ${version}`, async () => {
      const printed = await guest(["bash", "-s"], curl(version));
      assert.equal(
        printed,
        [
          `{"body":"hello","authorization":"Bearer ${"*".repeat(TOKEN.length)}"} ${
            version === "--http2" ? "2" : "1.1"
          }`,
          "head 200",
          '{"size":20000000}',
          `${BIG_SHA256}  -`,
          "5",
          "refused 403",
          "",
        ].join("\n"),
      );
    });
  }
  await t.step("Node's fetch", async () => {
    assert.equal(await guest(["node", "-"], callFetch), "200 from fetch\n3000000\n403 method\n");
  });
  await t.step("Python requests", async () => {
    const printed = await guest(["python3", "-"], callRequests);
    assert.equal(printed, "200 first\n200 second\n4194304\n403 method\n");
  });
  await t.step("Python httpx over both versions", async () => {
    const printed = await guest(["python3", "-"], callHttpx);
    const ofVersion = (version: string): string =>
      `${version} 200 300000\n${version} 403 method\n${EVENTS}\n`;
    assert.equal(printed, ofVersion("HTTP/1.1") + ofVersion("HTTP/2"));
  });
  await t.step("gRPC: one answer, a stream both ways, a status, a refusal", async () => {
    assert.equal(
      await guest(["python3", "-"], callGrpc),
      [
        "once HELLO Once",
        "each ONE",
        "each TWO",
        "each THREE",
        "rest []",
        "fail FAILED_PRECONDITION not today",
        "refused PERMISSION_DENIED",
        "",
      ].join("\n"),
    );
  });
  await t.step("ws, with compression", async () => {
    const printed = await guest(["node", "-"], callWs);
    assert.equal(printed, "text 5 same\ntext 200000 same\nbinary 4 same\nclosed 1000\n");
  });
  await t.step("Python websockets, in fragments", async () => {
    assert.equal(await guest(["python3", "-"], callWebsockets), "one two three\n");
  });
  await t.step(
    "the upstream was asked with the credential each time, and for nothing refused",
    () => {
      assert.ok(upstream.requests.length > 20);
      const others = upstream.requests.filter(({ authorization }) =>
        authorization !== `Bearer ${TOKEN}`
      );
      assert.deepEqual(others, []);
      const refused = upstream.requests.filter(({ line }) => /DELETE|Other/.test(line));
      assert.deepEqual(refused, []);
    },
  );
});
