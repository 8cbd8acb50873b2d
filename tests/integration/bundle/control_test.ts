import assert from "node:assert/strict";
import { openBundle, startBundle, waitReady } from "../../../backends/bundle/bundle.ts";
import { certificateFingerprint } from "../../../lib/pki/authority.ts";
import { systemClock } from "../../../lib/clock.ts";
import { engine, request, startTestBundle, until } from "./harness.ts";

Deno.test("a bundle is shut until it is configured, then ready, and tells its rows", async () => {
  await using bundle = await startTestBundle();
  {
    await using control = openBundle(engine, bundle.slug);
    const state = await control.call("ready", null);
    assert.deepEqual([state.configured, state.ready, state.daemons], [false, false, []]);
    await assert.rejects(control.call("stats", null), { code: "control-refused" });
    assert.doesNotMatch(await bundle.exec("cat", "/proc/net/tcp"), /:238B /, "9099 is open");
  }
  const { control, result } = await bundle.configure();
  await using _control = control;
  assert.equal(await certificateFingerprint(result.ca_pem), result.ca_sha256);
  assert.equal((await control.call("ready", null)).ready, true);
  assert.match(await request(bundle, "/first"), /^HTTP\/1\.1 403 /);
  const rows = await until("a row", async () => {
    const page = await control.call("audit.tail", {});
    return page.rows.length > 0 && page.rows;
  });
  assert.deepEqual(rows.map(({ row }) => [row.path, row.reason]), [["/first", "host-not-allowed"]]);
  const stats = await control.call("stats", null);
  assert.deepEqual([stats.rows, stats.blocked], [1, 1]);
});

Deno.test("a bundle is configured once", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  await assert.rejects(control.call("configure", bundle.document), {
    code: "control-refused",
    message: /configured already/,
  });
  await assert.rejects(bundle.configure(), { code: "bundle-not-ready" });
  assert.equal((await control.call("ready", null)).ready, true);
});

Deno.test("a bundle whose daemon refuses its part says so, with the daemon's word", async () => {
  await using bundle = await startTestBundle();
  const listen = { address: "203.0.113.7", port: 9099 };
  const document = { ...bundle.document, egress: { ...bundle.document.egress, listen } };
  await assert.rejects(bundle.configure(document), {
    code: "bundle-not-ready",
    exitCode: 125,
    message: /"egress" did not start/,
  });
});

Deno.test("a bundle whose init is gone says what the container wrote", async () => {
  await using bundle = await startTestBundle();
  await engine.docker(["kill", bundle.name]);
  await assert.rejects(bundle.configure(), { code: "bundle-not-ready" });
});

Deno.test("several streams follow the same rows", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  await using _control = control;
  await using second = openBundle(engine, bundle.slug);
  const seen = [control, second].map(async (client) => {
    const paths: string[] = [];
    for await (const { row } of client.audit({ follow: true })) {
      if (paths.push(row.path) === 3) return paths;
    }
    return paths;
  });
  for (const path of ["/1", "/2", "/3"]) await request(bundle, path);
  assert.deepEqual(await Promise.all(seen), [["/1", "/2", "/3"], ["/1", "/2", "/3"]]);
});

Deno.test("a stream that ends leaves no process in the bundle", async () => {
  await using bundle = await startTestBundle();
  for (let n = 0; n < 3; n++) {
    await using control = openBundle(engine, bundle.slug);
    await control.call("ready", null);
  }
  const aborted = new AbortController();
  const control = openBundle(engine, bundle.slug, aborted.signal);
  await control.call("ready", null);
  aborted.abort(new Error("enough"));
  // Its program is told to end, and may carry one more answer before it does.
  await until("the stream has ended", async () => {
    const ended = control.call("ready", null).then(() => false, () => true);
    return await ended;
  });
  await control[Symbol.asyncDispose]();
  await until("no nc is left", async () => {
    const { stdout } = await engine.raw(["top", bundle.name, "-eo", "pid,args"]);
    return !new TextDecoder().decode(stdout).includes("nc -N");
  });
});

Deno.test("shutdown and docker stop end the bundle in good order", async () => {
  await using bundle = await startTestBundle();
  const { control } = await bundle.configure();
  assert.equal(await control.call("shutdown", null), null);
  await control[Symbol.asyncDispose]();
  assert.equal(await engine.docker(["wait", bundle.name]), "0");
  await startBundle(engine, bundle.slug);
  await using again = (await bundle.configure()).control;
  const since = performance.now();
  await engine.docker(["stop", "--time", "20", bundle.name]);
  assert.ok(performance.now() - since < 10_000, "SIGTERM was not obeyed");
  assert.equal(
    await engine.docker(["inspect", "--format", "{{.State.ExitCode}}", bundle.name]),
    "0",
  );
  await assert.rejects(again.call("ready", null), { code: "control-lost" });
});

Deno.test("a bundle that was restarted without a person stays shut, and its rows are kept", async () => {
  await using bundle = await startTestBundle();
  {
    const { control } = await bundle.configure();
    await using _control = control;
    await request(bundle, "/before");
    await until("the row", async () => (await control.call("stats", null)).rows === 1);
  }
  await engine.docker(["restart", "--time", "0", bundle.name]);
  {
    await using control = openBundle(engine, bundle.slug);
    assert.equal((await control.call("ready", null)).configured, false);
    await assert.rejects(waitReady(control, systemClock, 1000), { code: "bundle-shut" });
    assert.doesNotMatch(await bundle.exec("cat", "/proc/net/tcp"), /:238B /, "9099 is open");
  }
  const { control } = await bundle.configure();
  await using _control = control;
  const { rows } = await control.call("audit.tail", {});
  assert.deepEqual(rows.map(({ row }) => row.path), ["/before"]);
});
