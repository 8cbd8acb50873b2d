import assert from "node:assert/strict";
import { waitReady } from "../../../backends/bundle/bundle.ts";
import { systemClock } from "../../../lib/clock.ts";
import { resourceName } from "../../../lib/names.ts";
import { gateUrl, openGateStage } from "./gate_stage.ts";
import { daemonPid, engine, startTestBundle, until } from "./harness.ts";

Deno.test("a bundle without repositories has no git-gate, no mirrors and no tmpfs for it", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  const { daemons } = await control.call("ready", null);
  assert.deepEqual(daemons.map(({ name }) => name).toSorted(), ["egress", "supervise"]);
  await assert.rejects(daemonPid(bundle, "git-gate"));
  const volumes = await engine.docker(["volume", "ls", "--quiet"]);
  assert.ok(!volumes.split("\n").includes(resourceName(bundle.slug, "mirrors")));
  await assert.rejects(bundle.exec("ls", "/run/git-gate"), /No such file/);
  const script = `exec 3<>/dev/tcp/${bundle.addresses.bundle}/9418`;
  await assert.rejects(bundle.exec("bash", "-c", script), /refused/);
});

Deno.test("git-gate's folders are nobody's but its own", async () => {
  await using stage = await openGateStage();
  const { bundle } = stage;
  const { control } = await stage.configure();
  await using _control = control;
  await stage.client.git(["clone", "-q", stage.sshd.repo("widget").url]);
  const asGate = ["exec", "--user", "1002:1002", bundle.name, "sh", "-c"];
  const folders = "stat -c '%n %U %a' /run/git-gate /var/lib/bot-bottle/mirrors";
  assert.deepEqual((await engine.docker([...asGate, folders])).split("\n"), [
    "/run/git-gate git-gate 700",
    "/var/lib/bot-bottle/mirrors git-gate 700",
  ]);
  const open = "find /run/git-gate /var/lib/bot-bottle/mirrors -type f -path '*run*' -perm /077";
  assert.equal(await engine.docker([...asGate, open]), "");
  const found = await engine.docker([...asGate, "find /run/git-gate -type f"]);
  assert.notEqual(found, "", "there was nothing to look at");
  const mounts = await bundle.exec("cat", "/proc/mounts");
  const tmpfs = mounts.split("\n").find((line) => line.includes(" /run/git-gate ")) ?? "";
  for (const option of ["nosuid", "nodev", "noexec"]) assert.ok(tmpfs.includes(option), tmpfs);
  for (const user of ["0:0", "1001:1001", "1003:1003"]) {
    for (const folder of ["/run/git-gate", "/var/lib/bot-bottle/mirrors"]) {
      const { code, stderr } = await engine.raw([
        ...["exec", "--user", user, bundle.name, "ls", folder],
      ]);
      assert.notEqual(code, 0, `${user} ${folder}`);
      assert.match(new TextDecoder().decode(stderr), /denied/);
    }
  }
});

Deno.test("git-gate runs under its own user, without a capability, and is the first to go where memory ends", async () => {
  await using stage = await openGateStage();
  const { control } = await stage.configure();
  await using _control = control;
  const process = `/proc/${await daemonPid(stage.bundle, "git-gate")}`;
  const status = await stage.bundle.exec("cat", `${process}/status`);
  const field = (key: string): string =>
    new RegExp(`^${key}:[\\t ]*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "";
  assert.equal(field("Uid"), Array(4).fill("1002").join("\t"));
  assert.equal(field("Gid"), Array(4).fill("1002").join("\t"));
  assert.equal(field("Groups"), "");
  for (const set of ["CapEff", "CapPrm", "CapInh", "CapAmb"]) assert.match(field(set), /^0+$/, set);
  assert.equal(field("NoNewPrivs"), "1");
  assert.equal(field("Seccomp"), "2");
  assert.equal(await stage.bundle.exec("cat", `${process}/oom_score_adj`), "500");
  const egress = `/proc/${await daemonPid(stage.bundle, "egress")}`;
  assert.equal(await stage.bundle.exec("cat", `${egress}/oom_score_adj`), "0");
});

Deno.test("a git-gate that was killed takes its programs with it; fetches fail until it is back, then work", async () => {
  await using stage = await openGateStage();
  const { bundle, client, sshd } = stage;
  const { control } = await stage.configure();
  await using _control = control;
  const { url } = sshd.repo("widget");
  await client.git(["clone", "-q", url]);

  await sshd.delay(30);
  const held = client.run(["-C", "widget", "fetch"]);
  const asks = `grep -lz '^/usr/bin/ssh\\|^ssh$' /proc/[0-9]*/cmdline | cut -d/ -f3`;
  await until(
    "the gate asks the upstream",
    async () => (await bundle.exec("sh", "-c", `${asks}; true`)) !== "",
  );
  await bundle.exec("sh", "-c", `kill -9 ${await daemonPid(bundle, "git-gate")}`);
  const ended = await held;
  assert.notEqual(ended.code, 0);
  await until(
    "nothing of it is left",
    async () => (await bundle.exec("sh", "-c", `${asks}; true`)) === "",
  );
  await sshd.delay(0);
  const state = await waitReady(control, systemClock, 15_000);
  assert.equal(state.daemons.find(({ name }) => name === "git-gate")?.restarts, 1);
  assert.equal(state.daemons.find(({ name }) => name === "egress")?.restarts, 0);
  await client.git(["-C", "widget", "fetch"]);
  await client.git(["clone", "-q", url, "again"]);
});

/** Where a container is gone nobody says so: a connection to its address waits. */
const FETCH = "timeout 10 git -C widget fetch";

Deno.test("mirrors outlive the bundle, which serves nothing until it is configured again", async () => {
  await using stage = await openGateStage();
  const { bundle, client, sshd } = stage;
  const { url } = sshd.repo("widget");
  {
    const { control } = await stage.configure();
    await using _control = control;
    await client.git(["clone", "-q", url]);
  }
  const mirrored = "find /var/lib/bot-bottle/mirrors -name '*.pack' -o -path '*/objects/??/*'";
  const asGate = ["exec", "--user", "1002:1002", bundle.name, "sh", "-c"];
  const before = await engine.docker([...asGate, mirrored]);
  assert.notEqual(before, "");

  await engine.docker(["kill", bundle.name]);
  assert.notEqual((await client.sh(FETCH)).code, 0);
  await engine.docker(["start", bundle.name]);
  assert.notEqual((await client.sh(FETCH)).code, 0);
  assert.equal(await engine.docker([...asGate, "find /run/git-gate -type f"]), "");

  const { control } = await stage.configure();
  await using _control = control;
  await client.git(["-C", "widget", "fetch"]);
  for (const file of before.split("\n")) {
    assert.equal(await engine.docker([...asGate, `test -e '${file}' && echo there`]), "there");
  }
});

Deno.test("git-gate serves the agent's address, and no other", async () => {
  await using stage = await openGateStage();
  const { control } = await stage.configure();
  await using _control = control;
  const url = `${gateUrl(stage.bundle)}/widget/info/refs?service=git-upload-pack`;
  const script = `exec 3<>/dev/tcp/${stage.bundle.addresses.bundle}/9418
printf 'GET /widget/info/refs?service=git-upload-pack HTTP/1.1\\r\\nHost: git-gate\\r\\nConnection: close\\r\\n\\r\\n' >&3
timeout 10 cat <&3`;
  assert.match(await stage.bundle.exec("bash", "-c", script), /^HTTP\/1\.1 403 /);
  const asked = await stage.client.sh(`git ls-remote ${url.split("/info/")[0]}`);
  assert.match(asked.stdout, /refs\/heads\/main/);
});
