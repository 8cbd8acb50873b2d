import assert from "node:assert/strict";
import { MARKER } from "../../support/configure_document.ts";
import { daemonPid, engine, request, startTestBundle } from "./harness.ts";
import { secretPlaces } from "./secret_places.ts";

Deno.test("a token is nowhere but in the memory of init and egress", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  await request(bundle, `/?q=${MARKER}`);
  for (const [place, read] of Object.entries(secretPlaces)) {
    const text = await read(bundle);
    assert.ok(!text.includes(MARKER), `the token is in ${place}`);
  }
});

Deno.test("the search finds a marker that is there", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  const script = `echo ${MARKER} > /tmp/planted; echo ${MARKER} > /proc/1/fd/2; sleep 5`;
  const planted = bundle.exec("env", `PLANTED=${MARKER}`, "sh", "-c", script);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const found = ["every environment and argv in the bundle", "the tmpfs folders", "docker top"];
  for (const place of [...found, "docker logs"]) {
    const text = await secretPlaces[place]?.(bundle);
    assert.ok(text?.includes(MARKER), `nothing found in ${place}`);
  }
  await planted;
});

Deno.test("each daemon runs under its own user, without a capability and without a way to one", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  for (const [name, uid] of [["egress", "1001"], ["supervise", "1003"]] as const) {
    const status = await bundle.exec("cat", `/proc/${await daemonPid(bundle, name)}/status`);
    const field = (key: string): string | undefined =>
      new RegExp(`^${key}:[\\t ]*(.*)$`, "m").exec(status)?.[1]?.trim();
    assert.equal(field("Uid"), Array(4).fill(uid).join("\t"), name);
    assert.equal(field("Gid"), Array(4).fill(uid).join("\t"), name);
    assert.equal(field("Groups") ?? "", "", name);
    for (const set of ["CapEff", "CapPrm", "CapInh", "CapAmb"]) {
      assert.match(field(set) ?? "", /^0+$/, `${name} ${set}`);
    }
    assert.equal(field("NoNewPrivs"), "1", name);
    assert.equal(field("Seccomp"), "2", name);
  }
});

Deno.test("a daemon reaches neither the control socket nor the other's data", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  const attempts = [
    ["1001:1001", "nc -N -U /run/bot-bottle/control.sock </dev/null"],
    ["1003:1003", "nc -N -U /run/bot-bottle/control.sock </dev/null"],
    ["1001:1001", "cat /var/lib/bot-bottle/ledger/ledger.db"],
    ["1001:1001", "echo x > /usr/local/lib/bot-bottle/sidecars.js"],
    ["1003:1003", "echo x > /var/cache/deno/dep_analysis_cache_v2"],
    ["1003:1003", `cat /proc/${await daemonPid(bundle, "egress")}/mem`],
    ["1001:1001", `cat /proc/${await daemonPid(bundle, "init")}/environ`],
    ["1001:1001", `kill ${await daemonPid(bundle, "supervise")}`],
  ] as const;
  for (const [user, script] of attempts) {
    const { code, stderr } = await engine.raw([
      ...["exec", "--user", user, bundle.name, "sh", "-c", script],
    ]);
    assert.notEqual(code, 0, script);
    const word = new TextDecoder().decode(stderr);
    assert.match(word, /denied|not permitted|Read-only file system/i, script);
  }
});
