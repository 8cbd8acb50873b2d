import assert from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { envSource } from "../../../support/plan.ts";
import { fakeProvider, madePlan, tokenProvider } from "../../../support/made_plan.ts";

Deno.test("makePlan names everything after the slug, and delegates", async () => {
  const plan = await madePlan();
  assert.equal(plan.slug, "reviewer-aaaaa");
  assert.equal(plan.containerName, "bot-bottle-reviewer-aaaaa-agent");
  assert.equal(plan.instanceName, plan.agent.instanceName);
  assert.equal(plan.image, plan.agent.image.tag);
  assert.equal(plan.promptFile, plan.agent.promptFile);
  assert.equal(plan.guestHome, "/home/node");
  assert.equal(plan.manifest.agent.name, "reviewer");
  assert.equal(plan.agent.image.origin, "provider claude");
  assert.deepEqual(plan.gitGate.repos, []);
});

Deno.test("makePlan keeps the slug that resume gives", async () => {
  const plan = await madePlan({
    spec: { slug: parseSlug("reviewer-zz9zz"), label: "x", keep: true },
  });
  assert.deepEqual([plan.slug, plan.fields.label, plan.fields.keep], ["reviewer-zz9zz", "x", true]);
});

Deno.test("makePlan hands the provider wrapped credentials and placeholders of this bottle", async () => {
  let shown = "";
  const provider = fakeProvider(({ credential, placeholder, slug, instanceName }) => {
    shown = `${credential(envSource("A"))} ${credential(envSource("B"))} ${
      credential(envSource("C"))
    } ${slug} ${instanceName}`;
    return { env: { P: placeholder("sk-") } };
  });
  const env = (name: string): string | undefined => ({ A: "value-of-a", B: "" })[name];
  const plan = await madePlan({ parts: { provider, env } });
  assert.equal(
    shown,
    "[secret] undefined undefined reviewer-aaaaa bot-bottle-reviewer-aaaaa-agent",
  );
  assert.equal(plan.agent.env["P"], `sk-bot-bottle-reviewer-aaaaa-${"A".repeat(22)}`);
});

Deno.test("makePlan refuses a provider that puts a credential anywhere into its plan", async () => {
  const value = 'hunter2"hunter2';
  const env = (): string => value;
  const leaks = [
    { env: { A: `x${value}` } },
    { files: [{ path: "/x", content: value, mode: 0o600, owner: "node" as const }] },
    { commands: [{ argv: ["x", value], purpose: "x" }] },
    { imageArgs: { A: value } },
    { launch: () => ({ argv: ["x", `--token=${value}`], stdin: "none" as const }) },
    { headless: () => ({ argv: [value], stdin: "none" as const }) },
  ];
  for (const leak of leaks) {
    await assert.rejects(
      madePlan({
        bottle: { agent_provider: { template: "claude", auth_token: "TOKEN" } },
        parts: { env, provider: fakeProvider(() => leak) },
      }),
      (error) => {
        assert.ok(error instanceof BottleError);
        assert.equal(error.code, "provider-leak");
        return !`${error.message}${error.hint}`.includes("hunter2");
      },
      JSON.stringify(leak),
    );
  }
});

Deno.test("makePlan takes a short value for no leak: it is in any text", async () => {
  const plan = await madePlan({
    bottle: { agent_provider: { template: "claude", auth_token: "TOKEN" } },
    parts: { env: () => "home" },
  });
  assert.equal(plan.agent.provider, "claude");
});

Deno.test("makePlan refuses a variable that manifest and provider both set", async () => {
  await assert.rejects(
    madePlan({
      bottle: { env: { OTHER: "x", CLAUDE_CODE_OAUTH_TOKEN: "y" } },
      parts: { provider: tokenProvider },
    }),
    /The variable "CLAUDE_CODE_OAUTH_TOKEN" is set by the provider "claude"/,
  );
});

Deno.test("makePlan gives the guest what of the person's terminal is plain", async () => {
  const terminal = {
    TERM: "xterm",
    LANG: "C.UTF-8",
    TZ: "\x1b[31m",
    HTTPS_PROXY: "http://x",
    EMPTY: "",
  };
  const plan = await madePlan({ spec: { terminal } });
  assert.deepEqual(plan.fields.terminal, { TERM: "xterm", LANG: "C.UTF-8" });
});

Deno.test("makePlan notices what the person should know, dangers first", async () => {
  const plan = await madePlan({
    bottle: {
      egress: { routes: [{ host: "a.example", allow_private: true }, { host: "b.example" }] },
    },
    spec: { bundleNetworks: [{ name: "db", hosts: ["DB.internal"] }, { name: "bare", hosts: [] }] },
    parts: {
      extraCa: { file: "/ca.pem", pem: "x" },
      upstreamProxy: {
        host: "proxy.example",
        port: 3128,
        authorization: null,
        noProxy: ["corp.example", "10.0.0.0/8"],
      },
    },
  });
  assert.deepEqual(plan.fields.notices.map(({ level, text }) => `${level}: ${text}`), [
    'danger: "a.example" may resolve to private addresses (manifest <bottle dev>)',
    'danger: Addresses are not checked: names are resolved by the company proxy "proxy.example:3128", but for corp.example, 10.0.0.0/8',
    'danger: The bundle joins the engine network "db": private addresses there are open for "db.internal"',
    'danger: The bundle joins the engine network "bare": no host may have a private address there',
    'warning: Upstreams may also be certified by "/ca.pem"',
  ]);
  assert.deepEqual((await madePlan()).fields.notices, []);
});

Deno.test("makePlan says why supervise is off", async () => {
  assert.match((await madePlan()).supervise.why, /not in this version/);
  assert.equal(
    (await madePlan({ bottle: { supervise: false } })).supervise.why,
    "the bottle says so",
  );
});

Deno.test("makePlan builds another image with another extra CA", async () => {
  const plain = await madePlan();
  const withCa = await madePlan({ parts: { extraCa: { file: "/ca.pem", pem: "x" } } });
  assert.notEqual(plain.image, withCa.image);
  assert.equal(withCa.egress.extraCa?.file, "/ca.pem");
});

Deno.test("makePlan warns when a variable hands the guest a credential, by its use or by its look", async () => {
  const token = `ghp${"_"}Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2`;
  const plan = await madePlan({
    bottle: {
      agent_provider: { template: "claude", auth_token: "CLAUDE" },
      env: { A: "${CLAUDE}", B: "${LOOKS}", C: "${PLAIN}" },
    },
    parts: { env: (name) => name === "LOOKS" ? token : name === "PLAIN" ? "plain" : undefined },
  });
  assert.deepEqual(plan.fields.notices, [
    {
      level: "danger",
      text: '"CLAUDE" is a credential, and the guest gets its value (<bottle dev>)',
    },
    {
      level: "danger",
      text: '"LOOKS" is a credential, and the guest gets its value (<bottle dev>)',
    },
  ]);
});

Deno.test("a plan says where git in the guest is led to, if there are repositories", async () => {
  const none = await madePlan();
  assert.equal(none.gitGateInsteadOfHost, undefined);
  assert.equal(none.gitGateInsteadOfScheme, undefined);
  const repos = { lib: { url: "https://git.example.com/lib", key: { provider: "none" } } };
  const plan = await madePlan({ bottle: { "git-gate": { repos } } });
  assert.equal(
    `${plan.gitGateInsteadOfScheme}://${plan.gitGateInsteadOfHost}`,
    "http://git-gate:9418",
  );
  assert.deepEqual(plan.gitGate.repos.map(({ name, place }) => [name, place.file]), [
    ["lib", "<bottle dev>"],
  ]);
});
