import assert from "node:assert/strict";
import type { BottlePlan } from "../../../../lib/plan/plan.ts";
import type { UpstreamProxyPlan } from "../../../../lib/plan/upstream_proxy.ts";
import { madePlan } from "../../../support/made_plan.ts";
import { publicKeyText } from "../../../support/ssh_key_text.ts";

const HOST_KEY = publicKeyText("ssh-ed25519", new Uint8Array(32));

/** The notices about a repository `widget` that is this. */
async function notices(
  repo: Readonly<Record<string, unknown>>,
  routes: readonly unknown[] = [],
  upstreamProxy: UpstreamProxyPlan | null = null,
): Promise<readonly string[]> {
  const widget = {
    url: "git@git.example.com:team/widget.git",
    host_key: HOST_KEY,
    key: { provider: "static", path: "~/.ssh/widget" },
    ...repo,
  };
  const plan: BottlePlan = await madePlan({
    bottle: { "git-gate": { repos: { widget } }, egress: { routes } },
    parts: { upstreamProxy },
  });
  return plan.fields.notices.filter(({ text }) => text.includes("widget"))
    .map(({ level, text }) => `${level}: ${text}`);
}

Deno.test("a repository with its defaults calls for no notice", async () => {
  assert.deepEqual(await notices({}), []);
  assert.deepEqual(await notices({ rules: { protected: ["main"] } }), []);
  assert.deepEqual(await notices({ rules: { protected: ["*"] } }), []);
  assert.deepEqual(await notices({ push: "deny", rules: { protected: [] } }), []);
});

Deno.test("a main branch that may be forced or deleted is a danger", async () => {
  const danger = /^danger: Pushes to "widget" may force or delete its main branch \(<bottle dev>/;
  for (const names of [[], ["release/*"], ["refs/tags/*"]]) {
    const [notice = "", ...rest] = await notices({ rules: { protected: names } });
    assert.match(notice, danger);
    assert.deepEqual(rest, []);
  }
  const harmless = [
    { protected: [], force: false, delete: false },
    { protected: [], refs: ["refs/heads/bot/*"] },
    { protected: ["master"] },
  ];
  for (const rules of harmless) assert.deepEqual(await notices({ rules }), []);
  assert.equal((await notices({ rules: { protected: [], force: false } })).length, 1);
});

Deno.test("what would wait for a person is told to be refused", async () => {
  assert.match(
    (await notices({ push: "approve", rules: { approve_paths: ["ci/**"] } })).join("\n"),
    /^warning: Every push to "widget" is refused: asking a person is not in this version[^\n]*$/,
  );
  assert.match(
    (await notices({ rules: { approve_paths: [".github/workflows/**", "ci.yml"] } })).join("\n"),
    /^warning: Pushes to "widget" that change \.github\/workflows\/\*\*, ci\.yml are refused[^\n]*$/,
  );
});

Deno.test("a key that opens more than the repository is warned of", async () => {
  for (const path of ["~/.ssh/id_ed25519", "/home/ann/.ssh/id_rsa"]) {
    const [notice = ""] = await notices({ key: { provider: "static", path } });
    assert.match(notice, /^warning: The key ".*" of "widget" opens whatever else you can open/);
  }
  const own = { key: { provider: "static", path: "~/.ssh/id_widget.key" } };
  assert.deepEqual(await notices(own), []);
});

Deno.test("a way past the gate is told, as a danger where a credential goes with it", async () => {
  const plain = await notices({}, [{ host: "git.example.com" }]);
  assert.match(plain.join("\n"), /^warning: "git\.example\.com" is open beside git-gate[^\n]*$/);
  const below = await notices({}, [{
    host: "*.example.com",
    auth: { scheme: "basic", username: "x", token_ref: "T" },
  }]);
  assert.match(
    below.filter((text) => text.includes("git-gate")).join("\n"),
    /^danger: "\*\.example\.com" is open with a credential beside git-gate[^\n]*$/,
  );
  const harmless = [
    [{ host: "api.example.com" }],
    [{ host: "git.example.com", matches: [{ methods: ["GET", "HEAD"] }] }],
  ];
  for (const routes of harmless) assert.deepEqual(await notices({}, routes), []);
  const six = { url: "ssh://git@[2001:db8::1]/widget" };
  assert.equal((await notices(six, [{ host: "[2001:db8::1]" }])).length, 1);
});

Deno.test("ssh beside a company proxy is warned of, https is not", async () => {
  const proxy = { host: "proxy.example", port: 3128, authorization: null, noProxy: [] };
  const [notice = "", ...rest] = await notices({}, [], proxy);
  assert.match(notice, /^warning: "widget" is reached by ssh, which the company proxy does not/);
  assert.deepEqual(rest, []);
  const plan = await madePlan({
    bottle: {
      "git-gate": { repos: { lib: { url: "https://h.example/lib", key: { provider: "none" } } } },
    },
    parts: { upstreamProxy: proxy },
  });
  assert.ok(!plan.fields.notices.some(({ text }) => text.includes("lib")));
});
