import assert from "node:assert/strict";
import { PrintScanner } from "../../../../lib/dlp/print_scanner.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import { parseGitGateConfig } from "../../../../lib/git_gate/config_schema.ts";
import { gateConfig, type GateConfigInputs } from "../../../../lib/plan/gate_config.ts";
import type { BottlePlan } from "../../../../lib/plan/plan.ts";
import { Secret } from "../../../../lib/secret.ts";
import { madePlan, tokenProvider } from "../../../support/made_plan.ts";
import { openSshKeyText, publicKeyText } from "../../../support/ssh_key_text.ts";

const HOST_KEY = publicKeyText("ssh-ed25519", new Uint8Array(32));
const KEY = openSshKeyText();

const repos = {
  widget: {
    url: "git@git.example.com:team/widget.git",
    host_key: `${HOST_KEY} a comment`,
    key: { provider: "static", path: "~/.ssh/widget" },
    push: "approve",
    rules: { protected: ["main"], max_objects: "50k" },
  },
  gadget: {
    url: "ssh://git@[2001:db8::1]:2222/team/gadget",
    host_key: HOST_KEY,
    key: { provider: "gitea", provisioner_token: "GITEA", api: "https://gitea.example.com" },
  },
  lib: {
    url: "https://git.example.com/team/lib.git",
    key: { provider: "token", token_ref: "LIB", username: "bot" },
  },
  open: { url: "https://git.example.com:8443/open", key: { provider: "none" } },
};

const proxy = {
  host: "[2001:db8::2]",
  port: 3128,
  authorization: new Secret(`Basic ${btoa("ann:pass:word-marker")}`),
  noProxy: [".corp.example"],
};

async function planOf(given: Readonly<Record<string, unknown>> = repos): Promise<BottlePlan> {
  return await madePlan({
    bottle: {
      agent_provider: { template: "claude", auth_token: "CLAUDE" },
      "git-gate": { repos: given },
    },
    spec: { bundleNetworks: [{ name: "compose", hosts: ["git.compose.example"] }] },
    parts: { provider: tokenProvider, upstreamProxy: proxy },
  });
}

const inputs: GateConfigInputs = {
  gate: {
    listen: { address: "172.20.0.2", port: 9418 },
    keys: new Map([["widget", KEY], ["gadget", KEY]]),
    salt: new Uint8Array(32).fill(7),
  },
  secrets: new Map([
    ["CLAUDE", new Secret("claude-marker-1f3a")],
    ["GITEA", new Secret("gitea-marker-77b2")],
    ["LIB", new Secret("lib-marker-90dd")],
  ]),
  peers: ["172.20.0.3"],
  extraCaPem: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
};

Deno.test("gateConfig is nothing without repositories", async () => {
  assert.equal(gateConfig(await planOf({}), inputs), null);
});

Deno.test("gateConfig makes what git-gate takes", async () => {
  const config = gateConfig(await planOf(), inputs);
  assert.deepEqual(parseGitGateConfig(JSON.parse(JSON.stringify(config))), config);
  const { repos: [widget, gadget, lib, open], ...rest } = config ?? { repos: [] };
  assert.deepEqual(widget, {
    name: "widget",
    upstream: {
      scheme: "ssh",
      user: "git",
      host: "git.example.com",
      port: 22,
      path: "team/widget.git",
      host_key: HOST_KEY,
      private_key: KEY,
    },
    push: "approve",
    rules: { ...DEFAULT_RULES, protected: ["refs/heads/main"], max_objects: 50_000 },
  });
  assert.deepEqual(gadget?.upstream, {
    scheme: "ssh",
    user: "git",
    host: "2001:db8::1",
    port: 2222,
    path: "/team/gadget",
    host_key: HOST_KEY,
    private_key: KEY,
  });
  const https = { scheme: "https", host: "git.example.com" };
  assert.deepEqual(lib?.upstream, {
    ...https,
    port: 443,
    path: "/team/lib.git",
    username: "bot",
    token: "lib-marker-90dd",
  });
  assert.deepEqual(open?.upstream, {
    ...https,
    port: 8443,
    path: "/open",
    username: "",
    token: null,
  });
  assert.equal(open?.push, "deny");
  assert.deepEqual({ ...rest, known_secrets: null }, {
    listen: inputs.gate.listen,
    peers: ["172.20.0.3"],
    known_secrets: null,
    extra_ca_pem: inputs.extraCaPem,
    upstream_proxy: {
      host: "2001:db8::2",
      port: 3128,
      credentials: { username: "ann", password: "pass:word-marker" },
      no_proxy: [".corp.example", "git.compose.example"],
    },
  });
});

Deno.test("gateConfig has prints of every credential of the bottle, and of none the value", async () => {
  const config = gateConfig(await planOf(), inputs);
  assert.ok(config !== null);
  const text = JSON.stringify(config.known_secrets);
  const scanner = new PrintScanner(config.known_secrets);
  const named = (
    pushed: string,
  ): readonly string[] => [
    ...new Set(scanner.scan(new TextEncoder().encode(pushed)).map(({ name }) => name)),
  ];
  for (
    const [value, name] of [
      ["claude-marker-1f3a", "CLAUDE"],
      ["gitea-marker-77b2", "GITEA"],
      ["lib-marker-90dd", "LIB"],
      ["pass:word-marker", "the company proxy's password"],
    ] as const
  ) {
    assert.deepEqual(named(`x = ${value}`), [name]);
    assert.ok(!text.includes(value), value);
  }
  assert.ok(named(KEY).includes("the key of widget"));
  assert.deepEqual(named("nothing of it"), []);
});

Deno.test("gateConfig does not tell the pusher of a secret which commands and files the host has", async () => {
  const file = { file: "/home/ann/.config/token" };
  const command = { command: ["pass", "show", "lib"] };
  const plan = await madePlan({
    bottle: {
      egress: {
        routes: [{ host: "api.example.com", auth: { scheme: "bearer", token_ref: file } }],
      },
      "git-gate": {
        repos: {
          lib: {
            url: "https://git.example.com/team/lib.git",
            key: { provider: "token", token_ref: command },
          },
          other: {
            url: "https://git.example.com/team/other.git",
            key: { provider: "token", token_ref: file },
          },
        },
      },
    },
  });
  const secrets = new Map([
    ["file:/home/ann/.config/token", new Secret("file-marker-1f3a")],
    ['command:["pass","show","lib"]', new Secret("command-marker-77b2")],
  ]);
  const config = gateConfig(plan, {
    ...inputs,
    secrets,
    gate: { ...inputs.gate, keys: new Map() },
  });
  const names = new Set(config?.known_secrets.prints.map(({ name }) => name));
  assert.deepEqual([...names], ["the credential for api.example.com", "the token of lib"]);
});

Deno.test("gateConfig never goes on without a key or a token", async () => {
  const plan = await planOf();
  const missing: readonly Partial<GateConfigInputs>[] = [
    { gate: { ...inputs.gate, keys: new Map([["widget", KEY]]) } },
    { secrets: new Map([...inputs.secrets].filter(([name]) => name !== "LIB")) },
    { secrets: new Map([...inputs.secrets].filter(([name]) => name !== "GITEA")) },
  ];
  for (const given of missing) {
    assert.throws(() => gateConfig(plan, { ...inputs, ...given }), (error) => {
      assert.ok(error instanceof BottleError);
      return error.code === "credential-missing" && error.exitCode === 125;
    });
  }
});
