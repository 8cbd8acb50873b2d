import assert from "node:assert/strict";
import { waitReady } from "../../../backends/bundle/bundle.ts";
import { findBreak } from "../../../lib/audit/chain.ts";
import { systemClock } from "../../../lib/clock.ts";
import { daemonPid, engine, request, startTestBundle, type TestBundle, until } from "./harness.ts";

/** `kill -9` from inside, as root of the bundle. */
async function kill(bundle: TestBundle, name: "init" | "egress" | "supervise"): Promise<void> {
  await bundle.exec("sh", "-c", `kill -9 ${await daemonPid(bundle, name)}`);
}

Deno.test("egress that was killed is started again with the same CA", async () => {
  await using bundle = await startTestBundle();
  const { control, result } = await bundle.configure();
  await using _control = control;
  const before = await daemonPid(bundle, "egress");
  await kill(bundle, "egress");
  await until("egress is down", async () => !(await control.call("ready", null)).ready);
  const state = await waitReady(control, systemClock, 15_000);
  assert.notEqual(await daemonPid(bundle, "egress"), before);
  assert.deepEqual(state.configuration, result);
  const egress = state.daemons.find(({ name }) => name === "egress");
  assert.equal(egress?.restarts, 1);
  assert.match(await request(bundle, "/after"), /^HTTP\/1\.1 403 /);
});

Deno.test("rows are held while the ledger is down, and written once when it is back", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  const paths = Array.from({ length: 12 }, (_, n) => `/${n}`);
  for (const [n, path] of paths.entries()) {
    if (n === 4 || n === 8) await kill(bundle, "supervise");
    assert.match(await request(bundle, path), /^HTTP\/1\.1 403 /);
  }
  const rows = await until("all rows", async () => {
    const { rows } = await waitReady(control, systemClock, 15_000)
      .then(() => control.call("audit.tail", {})).catch(() => ({ rows: [] }));
    return rows.length >= paths.length && rows;
  });
  assert.deepEqual(rows.map(({ row }) => row.path), paths);
  assert.equal(findBreak(rows), undefined);
});

Deno.test("the container ends when init is killed", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  await kill(bundle, "init");
  const running = ["inspect", "--format", "{{.State.Running}}", bundle.name];
  await until("the container ends", async () => await engine.docker(running) === "false");
  await assert.rejects(control.call("ready", null), { code: "control-lost" });
});

Deno.test("a ledger that was changed from outside is refused, and nothing is served", async () => {
  await using bundle = await startTestBundle();
  {
    const { control } = await bundle.configure();
    await using _control = control;
    await request(bundle, "/a");
    await until("the row", async () => (await control.call("stats", null)).rows === 1);
    await control.call("shutdown", null);
  }
  await engine.docker(["wait", bundle.name]);
  const script = `import { DatabaseSync } from "node:sqlite";
    new DatabaseSync("/l/ledger.db").exec("UPDATE audit SET row = replace(row, '/a', '/b')")`;
  await engine.docker([
    ...["run", "--rm", "--network", "none", "--user", "1003:1003", "--entrypoint", "deno"],
    ...["--mount", `type=volume,source=${bundle.volume},target=/l`],
    ...[bundle.image, "eval", script],
  ]);
  await engine.docker(["start", bundle.name]);
  await assert.rejects(bundle.configure(), {
    code: "bundle-not-ready",
    message: /The ledger was changed from outside: row 1 does not fit its hash/,
  });
});

Deno.test("processes that a daemon leaves behind are reaped", async () => {
  await using bundle = await startTestBundle();
  await bundle.exec("sh", "-c", "(sleep 2 & sleep 3 &) >/dev/null 2>&1");
  const { stdout } = await engine.raw(["top", bundle.name, "-eo", "pid,args"]);
  assert.match(new TextDecoder().decode(stdout), /sleep/, "there was nothing to reap");
  await until("the orphans are gone", async () => {
    const { stdout } = await engine.raw(["top", bundle.name, "-eo", "pid,stat,args"]);
    return !/sleep|\bZ/.test(new TextDecoder().decode(stdout));
  });
});
