import { equal, ok, throws } from "node:assert/strict";
import { knownHostsText, sshConfigText } from "../../../../lib/git_gate/ssh_config.ts";

const UPSTREAM = {
  scheme: "ssh",
  user: "git",
  host: "git.example.com",
  port: 2222,
  path: "/srv/a.git",
  host_key: "ssh-ed25519 AAAA",
  private_key: "SECRET",
} as const;
const FILES = {
  key: "/run/g/0/key",
  knownHosts: "/run/g/0/known_hosts",
  control: "/run/g/0/master",
};

Deno.test("sshConfigText names host, port, user and files, and no secret", () => {
  const text = sshConfigText(UPSTREAM, FILES);
  for (
    const line of [
      "Host upstream",
      '  HostName "git.example.com"',
      "  HostKeyAlias upstream",
      "  Port 2222",
      '  User "git"',
      '  IdentityFile "/run/g/0/key"',
      '  UserKnownHostsFile "/run/g/0/known_hosts"',
    ]
  ) ok(text.split("\n").includes(line), line);
  ok(!text.includes("SECRET"));
  ok(!text.includes("/srv/a.git"));
});

Deno.test("sshConfigText closes every way to another key, another host key and another program", () => {
  const lines = sshConfigText(UPSTREAM, FILES).split("\n");
  for (
    const line of [
      "BatchMode yes",
      "StrictHostKeyChecking yes",
      "GlobalKnownHostsFile none",
      "KnownHostsCommand none",
      "UpdateHostKeys no",
      "IdentitiesOnly yes",
      "IdentityAgent none",
      "PasswordAuthentication no",
      "ProxyCommand none",
      "ProxyJump none",
      "PermitLocalCommand no",
      "ClearAllForwardings yes",
      "ForwardAgent no",
    ]
  ) ok(lines.includes(`  ${line}`), line);
  const keys = lines.filter((line) => line.startsWith("  ")).map((line) =>
    line.trim().split(" ")[0]
  );
  equal(new Set(keys).size, keys.length);
});

for (const host of ['a"b', "a\nProxyCommand x", "a\\b", "%h", "a\0"]) {
  Deno.test(`sshConfigText refuses ${JSON.stringify(host)} on a line`, () => {
    throws(() => sshConfigText({ ...UPSTREAM, host }, FILES), TypeError);
  });
}

Deno.test("knownHostsText knows one key, under the alias", () => {
  equal(knownHostsText(UPSTREAM), "upstream ssh-ed25519 AAAA\n");
});
