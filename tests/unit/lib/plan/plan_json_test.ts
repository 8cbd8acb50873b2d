import assert from "node:assert/strict";
import { Secret } from "../../../../lib/secret.ts";
import { publicKeyText } from "../../../support/ssh_key_text.ts";
import { madePlan, tokenProvider } from "../../../support/made_plan.ts";

const SECRET = "hunter2-hunter2-hunter2";

/** A plan with something in every part. */
const full = {
  bottle: {
    agent_provider: { template: "claude", auth_token: "CLAUDE_OAUTH" },
    extends: "base",
    env: { LEVEL: "the-literal-value", BUILD: "${BUILD_ID}", TICKET: "?Which ticket?" },
    egress: {
      routes: [
        {
          host: "api.github.com",
          ports: [443],
          matches: [{ methods: ["GET"], paths: [{ type: "prefix", value: "/repos" }] }, {}],
          auth: { scheme: "basic", token_ref: "GITHUB_TOKEN", username: "me" },
        },
        { host: "db.internal", allow_private: true },
      ],
    },
    "git-gate": {
      user: { name: "Bot" },
      repos: {
        widget: {
          url: "git@git.example.com:team/widget.git",
          host_key: publicKeyText("ssh-ed25519", new Uint8Array(32)),
          key: { provider: "static", path: "~/.ssh/widget" },
          rules: { protected: ["main"], max_objects: "1k" },
        },
        gadget: {
          url: "ssh://git@gitea.example.com:2222/team/gadget.git",
          host_key: publicKeyText("ssh-ed25519", new Uint8Array(32)),
          key: {
            provider: "gitea",
            provisioner_token: { file: "~/.config/gitea" },
            api: "https://gitea.example.com",
            read_only: true,
          },
        },
        lib: {
          url: "https://git.example.com/team/lib.git",
          key: { provider: "token", token_ref: { command: ["pass", "show", "lib"] } },
        },
        open: { url: "https://git.example.com/open", key: { provider: "none" } },
      },
    },
    resources: { cpus: 0.5, memory: "512m", pids: 64 },
    supervise: false,
  },
  parents: { base: { env: { BASE: "x" }, egress: { log: "blocked" } } },
  agent: { skills: ["review"], "git-gate": { user: { email: "bot@example.com" } } },
  spec: {
    label: "a label",
    keep: true,
    terminal: { TERM: "xterm" },
    bundleNetworks: [{ name: "db", hosts: ["db.internal"] }],
  },
  parts: {
    provider: tokenProvider,
    env: () => SECRET,
    keyFiles: new Map([["widget", { fingerprint: "SHA256:of the key" }]]),
    extraCa: { file: "/etc/ca.pem", pem: "pem" },
    upstreamProxy: {
      host: "proxy.example",
      port: 3128,
      authorization: new Secret(SECRET),
      noProxy: [".corp.example"],
    },
  },
} as const;

Deno.test("BottlePlan serialises to JSON of ours", async (t) => {
  await t.assertSnapshot(JSON.parse(JSON.stringify(await madePlan(full))));
});

Deno.test("BottlePlan's JSON holds no credential, no placeholder and no value of a variable", async () => {
  const plan = await madePlan(full);
  const text = JSON.stringify(plan);
  const { CLAUDE_CODE_OAUTH_TOKEN: placeholder = "" } = plan.agent.env;
  assert.ok(placeholder.startsWith("sk-ant-oat01-bot-bottle-"));
  for (const hidden of [SECRET, placeholder, "the-literal-value", "Be careful", "xterm"]) {
    assert.ok(!text.includes(hidden), hidden);
  }
});

Deno.test("BottlePlan's JSON has snake-case keys only", async () => {
  const keys: string[] = [];
  JSON.stringify(await madePlan(full), (key, value: unknown) => {
    keys.push(key);
    return value;
  });
  const odd = keys.filter((key) => !/^[a-z0-9_]*$/.test(key) && key !== "VERSION");
  assert.deepEqual(odd, []);
});

Deno.test("BottlePlan's JSON is the same for the same inputs", async () => {
  assert.equal(JSON.stringify(await madePlan(full)), JSON.stringify(await madePlan(full)));
});
