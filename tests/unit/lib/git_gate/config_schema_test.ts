import { deepEqual, equal, throws } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { DEFAULT_RULES } from "../../../../lib/git_gate/config.ts";
import { parseGitGateConfig } from "../../../../lib/git_gate/config_schema.ts";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const PRIVATE_KEY =
  "-----BEGIN OPENSSH PRIVATE KEY-----\nMARKER\n-----END OPENSSH PRIVATE KEY-----\n";
const SSH = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 22,
  path: "/srv/a.git",
  host_key: HOST_KEY,
  private_key: PRIVATE_KEY,
};
const HTTPS = {
  scheme: "https",
  host: "git.example.com",
  port: 443,
  path: "/a.git",
  username: "bot",
  token: "MARKER",
};
const REPO = { name: "widget", upstream: SSH, push: "allow", rules: DEFAULT_RULES };
const PROXY = {
  host: "proxy.example.com",
  port: 3128,
  credentials: { username: "ada", password: "p" },
  no_proxy: [".corp.example", "10.0.0.0/8"],
};
const DIGEST = btoa("\0".repeat(32));
const CONFIG = {
  listen: { address: "172.30.0.2", port: 9418 },
  peers: ["172.30.0.3"],
  repos: [REPO, { ...REPO, name: "a.b-c_1", upstream: HTTPS, push: "deny" }],
  known_secrets: {
    salt: DIGEST,
    prints: [{ name: "TOKEN", length: 12, window: 0xffffff, digest: DIGEST }],
  },
  extra_ca_pem: null,
  upstream_proxy: PROXY,
};

Deno.test("parseGitGateConfig takes a whole configuration as it is", () => {
  deepEqual(parseGitGateConfig(JSON.parse(JSON.stringify(CONFIG))), CONFIG);
});

/** Each breaks one thing. */
const BROKEN: readonly (readonly [string, unknown])[] = [
  ["no object", []],
  ["a key that is not known", { ...CONFIG, allow: true }],
  ["no repositories", { ...CONFIG, repos: [] }],
  ["a name twice", { ...CONFIG, repos: [REPO, REPO] }],
  ["a peer that is no address", { ...CONFIG, peers: ["agent"] }],
  ["a peer in another spelling", { ...CONFIG, peers: ["172.030.0.3"] }],
  ["a port too high", { ...CONFIG, listen: { address: "172.30.0.2", port: 65_536 } }],
  ["a certificate that is none", { ...CONFIG, extra_ca_pem: "MARKER" }],
  ["no word about certificates", { ...CONFIG, extra_ca_pem: undefined }],
  ["a proxy without a port", { ...CONFIG, upstream_proxy: { ...PROXY, port: 0 } }],
  ["everything in no_proxy", { ...CONFIG, upstream_proxy: { ...PROXY, no_proxy: ["*"] } }],
  ["a proxy's user with a colon", {
    ...CONFIG,
    upstream_proxy: { ...PROXY, credentials: { username: "a:b", password: "MARKER" } },
  }],
  ["a salt of another length", { ...CONFIG, known_secrets: { salt: "AAAA", prints: [] } }],
  ["a print too short", {
    ...CONFIG,
    known_secrets: { salt: DIGEST, prints: [{ name: "a", length: 5, window: 1, digest: DIGEST }] },
  }],
  ["a window of more than 24 bits", {
    ...CONFIG,
    known_secrets: {
      salt: DIGEST,
      prints: [{ name: "a", length: 8, window: 2 ** 24, digest: DIGEST }],
    },
  }],
  ...([
    ["a name with a slash", { name: "a/b" }],
    ["a name of dots", { name: ".." }],
    ["a name with upper case", { name: "Widget" }],
    ["a name that ends in .git", { name: "widget.git" }],
    ["another push mode", { push: "maybe" }],
    ["rules with a key more", { rules: { ...DEFAULT_RULES, hooks: [] } }],
    ["rules without protected", { rules: { ...DEFAULT_RULES, protected: undefined } }],
    ["a negative size", { rules: { ...DEFAULT_RULES, max_bytes: -1 } }],
    ["a pattern with a line end", { rules: { ...DEFAULT_RULES, refs: ["refs/heads/a\n"] } }],
    ["an upstream of another scheme", { upstream: { ...SSH, scheme: "ext" } }],
    ["a host that begins with a hyphen", { upstream: { ...SSH, host: "-oProxyCommand=x" } }],
    ["a host with upper case", { upstream: { ...SSH, host: "Git.example.com" } }],
    ["a host with a line end", { upstream: { ...SSH, host: "a\nProxyCommand x" } }],
    ["a user that is an option", { upstream: { ...SSH, user: "-l" } }],
    ["a path that is an option", { upstream: { ...SSH, path: "--upload-pack=x" } }],
    ["an empty path", { upstream: { ...SSH, path: "" } }],
    ["a path with a NUL", { upstream: { ...SSH, path: "/a\0b" } }],
    ["a host key that is none", { upstream: { ...SSH, host_key: "ssh-ed25519 AAAA" } }],
    ["two host keys", { upstream: { ...SSH, host_key: `${HOST_KEY}\n${HOST_KEY}` } }],
    ["a private key that is none", { upstream: { ...SSH, private_key: "MARKER" } }],
    ["an https url with a query", { upstream: { ...HTTPS, path: "/a?MARKER" } }],
    ["an https path with a space", { upstream: { ...HTTPS, path: "/a b" } }],
    ["a token with a line end", { upstream: { ...HTTPS, token: "a\r\nMARKER: x" } }],
    ["a key in an https upstream", { upstream: { ...HTTPS, private_key: PRIVATE_KEY } }],
  ] as const).map(([what, part]) => [what, { ...CONFIG, repos: [{ ...REPO, ...part }] }] as const),
];

for (const [what, config] of BROKEN) {
  Deno.test(`parseGitGateConfig refuses ${what}, without quoting a value`, () => {
    throws(() => parseGitGateConfig(config), (error: unknown) => {
      if (!(error instanceof BottleError)) return false;
      equal(error.code, "shape-invalid");
      return !error.message.includes("MARKER");
    });
  });
}

Deno.test("parseGitGateConfig takes IPv6 upstreams, and none that need no token", () => {
  const upstream = { ...HTTPS, host: "2001:db8::1", token: null };
  const { repos } = parseGitGateConfig({ ...CONFIG, repos: [{ ...REPO, upstream }] });
  deepEqual(repos[0]?.upstream, upstream);
});
