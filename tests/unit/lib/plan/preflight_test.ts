import assert from "node:assert/strict";
import { preflightLines } from "../../../../lib/plan/preflight.ts";
import { Secret } from "../../../../lib/secret.ts";
import { publicKeyText } from "../../../support/ssh_key_text.ts";
import { madePlan, type MadePlanOptions, tokenProvider } from "../../../support/made_plan.ts";

async function screen(options: MadePlanOptions): Promise<string> {
  return preflightLines(await madePlan(options)).map(({ tone, text }) =>
    `${tone.padEnd(7)}|${text}`
  ).join("\n");
}

Deno.test("preflightLines shows a small bottle", async (t) => {
  await t.assertSnapshot(await screen({}));
});

Deno.test("preflightLines shows everything that a bottle may have", async (t) => {
  await t.assertSnapshot(
    await screen({
      bottle: {
        agent_provider: { template: "claude", auth_token: "CLAUDE_OAUTH" },
        extends: "base",
        env: { LEVEL: "debug", BUILD: "${BUILD_ID}", TICKET: "?Which ticket?" },
        egress: {
          log: "off",
          routes: [
            {
              host: "api.github.com",
              ports: [443, 8443],
              matches: [
                {
                  methods: ["GET", "HEAD"],
                  paths: [{ type: "prefix", value: "/repos" }, { type: "exact", value: "/" }],
                },
                {},
              ],
              auth: { scheme: "bearer", token_ref: "GITHUB_TOKEN" },
            },
            { host: "db.internal", allow_private: true },
            { host: "*.example.com" },
          ],
        },
        "git-gate": {
          user: { name: "Bot" },
          repos: {
            widget: {
              url: "git@git.example.com:team/widget.git",
              host_key: publicKeyText("ssh-ed25519", new Uint8Array(32)),
              key: { provider: "static", path: "~/.ssh/id_ed25519" },
              push: "approve",
            },
            lib: {
              url: "https://git.example.com/team/lib.git",
              key: { provider: "token", token_ref: "LIB_TOKEN" },
              rules: { protected: [] },
            },
          },
        },
        resources: { cpus: 0.5, memory: "512m", pids: 64 },
        supervise: false,
      },
      parents: { base: {} },
      agent: { skills: ["review", "release"], "git-gate": { user: { email: "bot@example.com" } } },
      spec: {
        label: "my label",
        keep: true,
        bundleNetworks: [{ name: "db", hosts: ["db.internal"] }],
      },
      parts: {
        provider: tokenProvider,
        env: () => "hunter2-hunter2",
        extraCa: { file: "/ca.pem", pem: "x" },
        upstreamProxy: {
          host: "proxy.example",
          port: 3128,
          authorization: new Secret("Basic hunter2-hunter2"),
          noProxy: [".corp.example"],
        },
      },
    }),
  );
});

Deno.test("preflightLines names variables and never their values", async () => {
  const text = await screen({
    bottle: {
      agent_provider: { template: "claude", auth_token: "TOKEN" },
      env: { A: "the-literal", B: "${HOST_B}" },
    },
    parts: { provider: tokenProvider, env: () => "hunter2-hunter2" },
  });
  assert.match(text, /\bA\n/);
  assert.match(text, /B ← HOST_B/);
  assert.match(text, /\[auth: bearer ← TOKEN\]/);
  for (const hidden of ["the-literal", "hunter2", "sk-ant-oat01"]) {
    assert.ok(!text.includes(hidden), hidden);
  }
});

Deno.test("preflightLines shows private addresses and joined networks as dangers", async () => {
  const plan = await madePlan({
    bottle: { egress: { routes: [{ host: "db.internal", allow_private: true }] } },
    spec: { bundleNetworks: [{ name: "db", hosts: [] }] },
  });
  const dangers = preflightLines(plan).filter((line) => line.tone === "danger").map((line) =>
    line.text
  );
  assert.equal(dangers.length, 3);
  assert.match(dangers[0] ?? "", /db.internal.*\[private addresses\]/);
  assert.match(dangers[2] ?? "", /network "db"/);
});

Deno.test("preflightLines shows in red what egress does not look into, and whose credentials pass", async () => {
  const routes = [
    { host: "*.blind.example", tls: "passthrough" },
    { host: "agents.example", auth: { scheme: "agent" }, limits: { bytes_out: "10m" } },
    { host: "*.wide.example", auth: { scheme: "bearer", token_ref: "TOKEN" } },
    {
      host: "*.read.example",
      auth: { scheme: "bearer", token_ref: "TOKEN" },
      matches: [{ methods: ["GET"], headers: [{ name: "Accept", type: "regex", value: "a/.*" }] }],
    },
  ];
  const lines = preflightLines(await madePlan({ bottle: { egress: { routes } } }));
  const shown = (tone: string): readonly string[] =>
    lines.filter((line) => line.tone === tone).map((line) => line.text.trim());
  const [blind, agents, ...dangers] = shown("danger");
  assert.match(blind ?? "", /\*\.blind\.example {2}everything {2}\[TLS not looked into\]$/);
  assert.match(agents ?? "", /\[auth: the agent's own\] {2}\[10 MiB out\]$/);
  assert.match(dangers.join("\n"), /!! Nobody looks into what goes to "\*\.blind\.example"/);
  assert.match(dangers.join("\n"), /!! The agent's own credentials pass to "agents\.example"/);
  assert.match(
    shown("warning").join("\n"),
    /! Every host below "wide\.example" can be written to with the bearer credential/,
  );
  assert.ok(!shown("warning").join("\n").includes("read.example"));
  assert.match(shown("plain").join("\n"), /read\.example {2}GET accept:~"a\/\.\*"/);
});

Deno.test("preflightLines escapes what could trick a terminal", async () => {
  const text = await screen({ spec: { label: "\x1b[2Jx\u202e" } });
  assert.ok(text.includes("\\x1b[2Jx\\u202e"));
  assert.ok(!text.includes("\x1b"));
});
