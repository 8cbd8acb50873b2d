import assert from "node:assert/strict";
import { engine, startTestBundle, testImage } from "./harness.ts";

async function inImage(...argv: readonly string[]): Promise<string> {
  const image = await testImage();
  const [program = "", ...args] = argv;
  return await engine.docker([
    ...["run", "--rm", "--network", "none", "--label", "bot-bottle.role=bundle"],
    ...["--entrypoint", program, image, ...args],
  ]);
}

Deno.test("the bundle's image has deno, git, gitleaks, ssh and nc", async () => {
  const script = `deno --version && git --version && gitleaks version && ssh -V 2>&1 && nc -h 2>&1`;
  const versions = await inImage("sh", "-c", script);
  for (const word of [/^deno 2\.9\.6/, /^git version/m, /^OpenSSH_/m, /^OpenBSD netcat/m]) {
    assert.match(versions, word);
  }
  assert.match(await inImage("sh", "-c", "command -v gitleaks"), /bin\/gitleaks/);
});

Deno.test("the bundle's image has one user a daemon, none of which can log in", async () => {
  const entries = await inImage("getent", "passwd", "egress", "git-gate", "supervise");
  assert.deepEqual(entries.split("\n").map((line) => line.split(":").slice(0, 4).join(":")), [
    "egress:x:1001:1001",
    "git-gate:x:1002:1002",
    "supervise:x:1003:1003",
  ]);
  assert.ok(entries.split("\n").every((line) => line.endsWith(":/usr/sbin/nologin")));
});

Deno.test("the bundle's image has folders that belong to their daemons alone", async () => {
  const stat = await inImage("sh", "-c", "stat -c '%n %U %a' /var/lib/bot-bottle/*");
  assert.deepEqual(stat.split("\n").toSorted(), [
    "/var/lib/bot-bottle/ledger supervise 700",
    "/var/lib/bot-bottle/mirrors git-gate 700",
  ]);
});

Deno.test("the bundle's image has no set-user-id program and nothing that a daemon could change", async () => {
  const special = "find / -xdev -type f -perm /6000";
  assert.equal(await inImage("sh", "-c", special), "");
  const writable = "find / -xdev -not -type l -not -path '/proc/*' -not -path '/sys/*' " +
    "\\( -perm -o+w -not -perm -1000 -o -uid +1000 -o -gid +1000 \\) -not -type c";
  assert.deepEqual((await inImage("sh", "-c", writable)).split("\n").toSorted(), [
    "/var/lib/bot-bottle/ledger",
    "/var/lib/bot-bottle/mirrors",
  ]);
});

Deno.test("the bundle's image knows its script before it starts: no process parses it again", async () => {
  const files = await inImage("ls", "/var/cache/deno");
  assert.match(files, /dep_analysis_cache/);
  assert.match(files, /v8_code_cache/);
});

Deno.test("the bundle's container has the limits that isolation stands on", async () => {
  await using bundle = await startTestBundle();
  const format = "{{json .HostConfig}}";
  const host = JSON.parse(await engine.docker(["inspect", "--format", format, bundle.name]));
  assert.deepEqual(host.CapDrop, ["ALL"]);
  assert.deepEqual(host.CapAdd.map((name: string) => name.replace("CAP_", "")).toSorted(), [
    "KILL",
    "SETGID",
    "SETUID",
  ]);
  assert.equal(host.ReadonlyRootfs, true);
  assert.equal(host.Privileged, false);
  assert.equal(host.Init, true);
  assert.deepEqual(host.SecurityOpt, ["no-new-privileges"]);
  assert.equal(host.Memory, 1024 ** 3);
  assert.equal(host.MemorySwap, 1024 ** 3);
  assert.equal(host.PidsLimit, 256);
  assert.equal(host.Binds ?? null, null);
  assert.deepEqual(host.Mounts.map(({ Type }: { Type: string }) => Type), ["volume"]);
  assert.deepEqual(host.PortBindings ?? {}, {});
  assert.equal(host.RestartPolicy.Name, "no");
  const sysctls = [
    ["net/ipv4/ip_forward", "0"],
    ["net/ipv4/ip_unprivileged_port_start", "53"],
    ["net/ipv6/conf/all/disable_ipv6", "1"],
  ] as const;
  for (const [key, value] of sysctls) {
    assert.equal(await bundle.exec("cat", `/proc/sys/${key}`), value, key);
  }
});
