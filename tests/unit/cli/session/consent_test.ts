import assert from "node:assert/strict";
import { consentDigest } from "../../../../cli/session/consent.ts";
import { madePlan } from "../../../support/made_plan.ts";
import { publicKeyText } from "../../../support/ssh_key_text.ts";

const widget = {
  url: "git@git.example.com:team/widget.git",
  host_key: publicKeyText("ssh-ed25519", new Uint8Array(32)),
  key: { provider: "static", path: "~/.ssh/widget" },
};

/** The digest of a bottle with these repositories. */
async function digest(
  repos: Readonly<Record<string, unknown>>,
  fingerprint?: string,
): Promise<string> {
  const parts = fingerprint === undefined
    ? {}
    : { keyFiles: new Map([["widget", { fingerprint }]]) };
  return consentDigest(await madePlan({ bottle: { "git-gate": { repos } }, parts }));
}

Deno.test("consentDigest changes with whatever a repository lets the agent do", async () => {
  const other = publicKeyText("ssh-ed25519", new Uint8Array(32).fill(1));
  const digests = await Promise.all([
    {},
    { widget },
    { gadget: widget },
    { widget: { ...widget, url: "git@git.example.com:team/other.git" } },
    { widget: { ...widget, url: "git@git.example.org:team/widget.git" } },
    { widget: { ...widget, host_key: other } },
    { widget: { ...widget, key: { provider: "static", path: "~/.ssh/other" } } },
    { widget: { ...widget, push: "deny" } },
    { widget: { ...widget, rules: { protected: ["main"] } } },
    { widget: { ...widget, rules: { max_bytes: "1m" } } },
    {
      widget: {
        ...widget,
        key: { provider: "gitea", provisioner_token: "T", api: "https://gitea.example.com" },
      },
    },
    { widget, lib: { url: "https://git.example.com/lib", key: { provider: "none" } } },
  ].map((repos) => digest(repos)));
  assert.equal(new Set(digests).size, digests.length);
});

Deno.test("consentDigest asks nobody again because a key's file holds another key", async () => {
  assert.equal(await digest({ widget }, "SHA256:a"), await digest({ widget }, "SHA256:b"));
  assert.equal(await digest({ widget }, "SHA256:a"), await digest({ widget }));
});
