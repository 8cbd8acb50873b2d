import assert from "node:assert/strict";
import { Bundle } from "../../../../sidecars/init/bundle.ts";
import type { Clock } from "../../../../lib/context.ts";
import { RpcError } from "../../../../lib/control/rpc.ts";
import { systemClock } from "../../../../lib/clock.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { fakeCa, type FakeDaemons, fakeDaemons } from "../../../support/fake_daemons.ts";

const document = {
  version: 1,
  slug: "demo-ab12c",
  egress: { routes: [{ host: "a.test" }], tokens: { EGRESS_TOKEN_1: "sk-marker-12345" }, ca: null },
  git_gate: null,
  ledger: { path: "/l.db" },
};

const gate = {
  listen: { address: "10.1.2.3", port: 9418 },
  repos: [{ upstream: { private_key: "-----BEGIN-----\nkey-marker-1\n-----END-----" } }],
};

interface Setting extends AsyncDisposable {
  readonly bundle: Bundle;
  readonly daemons: FakeDaemons;
  readonly slept: number[];
  readonly logged: string[];
}

/** A bundle whose back-off takes no time; the waits are kept. */
function setting(): Setting {
  const daemons = fakeDaemons();
  const slept: number[] = [];
  const logged: string[] = [];
  const clock: Clock = {
    now: systemClock.now,
    sleep: (ms, signal) => {
      if (ms < 3000) slept.push(ms);
      return systemClock.sleep(ms < 3000 ? 1 : ms, signal);
    },
  };
  const bundle = new Bundle({
    start: daemons.start,
    endLeftovers: daemons.endLeftovers,
    clock,
    bootId: "boot",
    onLog: (line) => logged.push(line),
  });
  return {
    bundle,
    daemons,
    slept,
    logged,
    [Symbol.asyncDispose]: () => bundle.shutdown(),
  };
}

async function untilReady(bundle: Bundle): Promise<void> {
  while (!bundle.ready().ready) await systemClock.sleep(1);
}

Deno.test("Bundle starts no daemon and serves nothing before it is configured", async () => {
  await using set = setting();
  assert.deepEqual(set.bundle.ready(), {
    configured: false,
    ready: false,
    daemons: [],
    configuration: null,
  });
  await assert.rejects(set.bundle.stats(), { code: -32000 });
  await assert.rejects(set.bundle.tail({}), { code: -32000 });
  assert.equal(set.daemons.lives.length, 0);
});

Deno.test("Bundle.configure hands each daemon its own part and answers with the CA", async () => {
  await using set = setting();
  const result = await set.bundle.configure(document);
  assert.deepEqual(result, { ca_pem: "cert 1", ca_sha256: "sha 1" });
  const egress = await set.daemons.life("egress", 1);
  const ledger = await set.daemons.life("supervise", 1);
  assert.deepEqual(await egress.configured, document.egress);
  assert.deepEqual(await ledger.configured, document.ledger);
  assert.equal(set.bundle.ready().ready, true);
  assert.deepEqual(set.bundle.ready().configuration, result);
});

Deno.test("Bundle.configure works once, also when it failed", async () => {
  await using set = setting();
  await assert.rejects(set.bundle.configure({ ...document, version: 2 }), {
    code: "shape-invalid",
  });
  await set.bundle.configure(document);
  await assert.rejects(set.bundle.configure(document), { code: -32001 });

  await using failing = setting();
  failing.daemons.override.egress = {
    configure: () => Promise.reject(new RpcError(-32602, "No such route")),
  };
  await assert.rejects(failing.bundle.configure(document), {
    code: -32002,
    message: `"egress" did not start: No such route`,
  });
  assert.equal(failing.bundle.ready().configured, false);
  assert.ok(failing.bundle.ready().daemons.every(({ state }) => state === "stopped"));
  assert.ok(failing.daemons.lives.every(({ peer }) => peer.isClosed));
  await assert.rejects(failing.bundle.configure(document), { code: -32001 });
});

Deno.test("Bundle.configure says it when a daemon dies at once, or can't be started", async () => {
  await using dying = setting();
  dying.daemons.override.supervise = {
    configure: () => {
      dying.daemons.lives.find(({ name }) => name === "supervise")?.kill();
      return Promise.resolve(null);
    },
  };
  await assert.rejects(dying.bundle.configure(document), { message: /"supervise" did not start/ });

  const broken = new Bundle({
    start: () => {
      throw new Deno.errors.NotFound("no deno");
    },
    endLeftovers: () => Promise.resolve(),
    clock: systemClock,
    bootId: "b",
    onLog: () => {},
  });
  await assert.rejects(broken.configure(document), { message: /cannot start: no deno/ });
});

Deno.test("Bundle starts a killed egress again with the CA of the first", async () => {
  await using set = setting();
  await set.bundle.configure(document);
  (await set.daemons.life("egress", 1)).kill();
  const second = await set.daemons.life("egress", 2);
  assert.deepEqual(await second.configured, { ...document.egress, ca: fakeCa(1) });
  await untilReady(set.bundle);
  const egress = set.bundle.ready().daemons.find(({ name }) => name === "egress");
  assert.equal(egress?.restarts, 1);
  assert.ok(egress?.log.includes("ended with SIGKILL"));
});

Deno.test("Bundle waits longer after each death", async () => {
  await using set = setting();
  await set.bundle.configure(document);
  for (let life = 1; life <= 4; life++) {
    await untilReady(set.bundle);
    (await set.daemons.life("egress", life)).kill();
    await set.daemons.life("egress", life + 1);
  }
  assert.deepEqual(set.slept, [100, 200, 400, 800]);
});

Deno.test("Bundle ends a daemon that closed its stream but lives", async () => {
  await using set = setting();
  await set.bundle.configure(document);
  const first = await set.daemons.life("egress", 1);
  await first.peer.close();
  await set.daemons.life("egress", 2);
});

Deno.test("Bundle passes egress's rows on with a sender's name that differs in each life", async () => {
  await using set = setting();
  const sources: unknown[] = [];
  set.daemons.override.supervise = {
    "audit.append": (params) => {
      sources.push([Object(params).source, Object(params).first]);
      return Promise.resolve({ last: sources.length });
    },
  };
  await set.bundle.configure(document);
  const first = await set.daemons.life("egress", 1);
  await first.peer.call("audit.append", { rows: [auditRow()], first: 1 });
  first.kill();
  const second = await set.daemons.life("egress", 2);
  await second.peer.call("audit.append", { rows: [auditRow()], first: 1 });
  assert.deepEqual(sources, [["boot.1", 1], ["boot.2", 1]]);
  await untilReady(set.bundle);
  assert.equal((await set.bundle.stats()).rows, 2);
});

Deno.test("Bundle has bytes of a budget reserved by the ledger, and by nobody while that is down", async () => {
  await using set = setting();
  const wishes: unknown[] = [];
  set.daemons.override.supervise = {
    "bytes.reserve": (params) => {
      wishes.push(params);
      return Promise.resolve({ granted: 7, reserved: 9 });
    },
  };
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  const wish = { route: "a.test", bytes: 7, limit: 9 };
  assert.deepEqual(await egress.peer.call("bytes.reserve", wish), { granted: 7, reserved: 9 });
  assert.deepEqual(wishes, [wish]);
  (await set.daemons.life("supervise", 1)).kill();
  await assert.rejects(egress.peer.call("bytes.reserve", wish), { code: -32000 });
});

Deno.test("Bundle tells egress to hold its rows while the ledger is down", async () => {
  await using set = setting();
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  (await set.daemons.life("supervise", 1)).kill();
  const append = (): Promise<unknown> => egress.peer.call("audit.append", { rows: [auditRow()] });
  await assert.rejects(append(), { code: -32000 });
  await untilReady(set.bundle);
  assert.deepEqual(await append(), { last: 1 });
});

Deno.test("Bundle tells egress to hold a batch that the ledger died over", async () => {
  await using set = setting();
  set.daemons.override.supervise = {
    "audit.append": () => {
      set.daemons.lives.find(({ name }) => name === "supervise")?.kill();
      return Promise.resolve(null);
    },
  };
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  await assert.rejects(egress.peer.call("audit.append", { rows: [] }), { code: -32000 });
});

Deno.test("Bundle passes the ledger's refusal on: a full disk is no time to hold and hope", async () => {
  await using set = setting();
  set.daemons.override.supervise = {
    "audit.append": () => Promise.reject(new RpcError(-32002, "disk is full")),
  };
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  const append = egress.peer.call("audit.append", { rows: [] });
  await assert.rejects(append, { code: -32002, message: "disk is full" });
});

Deno.test("Bundle logs why the ledger takes no rows, once for as long as it is so", async () => {
  await using set = setting();
  let isFull = true;
  set.daemons.override.supervise = {
    "audit.append": () =>
      isFull ? Promise.reject(new RpcError(-32002, "disk is full")) : Promise.resolve({ last: 1 }),
  };
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  const append = (): Promise<unknown> => egress.peer.call("audit.append", { rows: [] });
  const told = (): number => set.logged.filter((line) => line.endsWith("disk is full")).length;
  await assert.rejects(append());
  await assert.rejects(append());
  assert.equal(told(), 1);
  isFull = false;
  await append();
  isFull = true;
  await assert.rejects(append());
  assert.equal(told(), 2);
});

Deno.test("Bundle works on few calls of a daemon at once: one that was taken over floods itself", async () => {
  await using set = setting();
  const held = Promise.withResolvers<unknown>();
  let begun = 0;
  set.daemons.override.supervise = {
    "audit.append": () => {
      begun++;
      return held.promise;
    },
  };
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  const append = (): Promise<unknown> => egress.peer.call("audit.append", { rows: [] });
  const taken = Array.from({ length: 4 }, append);
  const refused = Array.from({ length: 16 }, append);
  assert.ok((await Promise.allSettled(refused)).every(({ status }) => status === "rejected"));
  held.resolve({ last: 0 });
  await Promise.all(taken);
  assert.equal(begun, 4);
});

Deno.test("Bundle shows no secret in a log, whichever daemon writes it", async () => {
  await using set = setting();
  await set.bundle.configure(document);
  const egress = await set.daemons.life("egress", 1);
  const ledger = await set.daemons.life("supervise", 1);
  for (const { say } of [egress, ledger]) say("panic: sk-marker-12345 and secretkeyline1");
  const shown = JSON.stringify([set.logged, set.bundle.ready()]);
  assert.doesNotMatch(shown, /sk-marker|secretkeyline/);
  assert.match(shown, /panic: /);
});

Deno.test("Bundle starts git-gate where the bottle has repositories, with its own part and place", async () => {
  await using none = setting();
  await none.bundle.configure(document);
  assert.deepEqual(none.daemons.lives.map(({ name }) => name).toSorted(), ["egress", "supervise"]);
  assert.equal(none.bundle.ready().daemons.length, 2);

  await using set = setting();
  await set.bundle.configure({ ...document, git_gate: gate });
  const life = await set.daemons.life("git-gate", 1);
  assert.deepEqual(await life.configured, gate);
  assert.equal(life.listen, "10.1.2.3:9418");
  assert.equal((await set.daemons.life("egress", 1)).listen, undefined);
  assert.deepEqual(set.bundle.ready().daemons.map(({ name, state }) => [name, state]), [
    ["supervise", "ready"],
    ["egress", "ready"],
    ["git-gate", "ready"],
  ]);
});

Deno.test("Bundle.configure is refused with git-gate's word, and nothing is left running", async () => {
  await using set = setting();
  set.daemons.override["git-gate"] = {
    configure: () => Promise.reject(new RpcError(-32602, "No gitleaks")),
  };
  await assert.rejects(set.bundle.configure({ ...document, git_gate: gate }), {
    code: -32002,
    message: `"git-gate" did not start: No gitleaks`,
  });
  assert.ok(set.daemons.lives.every(({ peer }) => peer.isClosed));
});

Deno.test("Bundle ends what a killed git-gate left running before it starts another, with the same part", async () => {
  await using set = setting();
  await set.bundle.configure({ ...document, git_gate: gate });
  (await set.daemons.life("git-gate", 1)).kill();
  const second = await set.daemons.life("git-gate", 2);
  assert.deepEqual(set.daemons.leftovers.calls, ["git-gate"]);
  assert.deepEqual(await second.configured, gate);
  await untilReady(set.bundle);
  assert.equal(set.bundle.ready().daemons.find(({ name }) => name === "git-gate")?.restarts, 1);

  (await set.daemons.life("egress", 1)).kill();
  await set.daemons.life("egress", 2);
  assert.deepEqual(set.daemons.leftovers.calls, ["git-gate"]);
});

Deno.test("Bundle starts no git-gate beside what another left running", async () => {
  await using set = setting();
  await set.bundle.configure({ ...document, git_gate: gate });
  set.daemons.leftovers.refusal = "no process to be had";
  (await set.daemons.life("git-gate", 1)).kill();
  while (set.daemons.leftovers.calls.length < 4) await systemClock.sleep(1);
  assert.equal(set.daemons.lives.filter(({ name }) => name === "git-gate").length, 1);
  assert.equal(set.bundle.ready().ready, false);
  set.daemons.leftovers.refusal = undefined;
  await set.daemons.life("git-gate", 2);
  await untilReady(set.bundle);
  assert.ok(set.logged.includes("git-gate: cannot end what it left running: Error"));
});

Deno.test("Bundle takes rows of git-gate, under a sender's name of its own, and reserves it no bytes", async () => {
  await using set = setting();
  const sources: unknown[] = [];
  set.daemons.override.supervise = {
    "audit.append": (params) => Promise.resolve({ last: sources.push(Object(params).source) }),
  };
  await set.bundle.configure({ ...document, git_gate: gate });
  const rows = { rows: [auditRow()], first: 1 };
  const first = await set.daemons.life("git-gate", 1);
  await first.peer.call("audit.append", rows);
  await (await set.daemons.life("egress", 1)).peer.call("audit.append", rows);
  first.kill();
  await (await set.daemons.life("git-gate", 2)).peer.call("audit.append", rows);
  assert.deepEqual(sources, ["boot.git-gate.1", "boot.1", "boot.git-gate.2"]);
  const wish = { route: "a.test", bytes: 7, limit: 9 };
  const second = await set.daemons.life("git-gate", 2);
  await assert.rejects(second.peer.call("bytes.reserve", wish), { code: -32601 });
});

Deno.test("Bundle shows no key of git-gate in a log, whichever daemon writes it", async () => {
  await using set = setting();
  await set.bundle.configure({ ...document, git_gate: gate });
  for (const name of ["egress", "git-gate", "supervise"] as const) {
    (await set.daemons.life(name, 1)).say("panic: key-marker-1");
  }
  const shown = JSON.stringify([set.logged, set.bundle.ready()]);
  assert.doesNotMatch(shown, /key-marker/);
  assert.equal(set.logged.filter((line) => line.includes("panic: ")).length, 3);
});

Deno.test("Bundle.shutdown ends egress and git-gate before the ledger, and restarts nothing", async () => {
  const set = setting();
  const order: string[] = [];
  await set.bundle.configure({ ...document, git_gate: gate });
  for (const { name, peer } of set.daemons.lives) void peer.closed.then(() => order.push(name));
  await set.bundle.shutdown();
  assert.equal(order.at(-1), "supervise");
  assert.deepEqual(order.toSorted(), ["egress", "git-gate", "supervise"]);
  assert.equal(set.daemons.lives.length, 3);
  await assert.rejects(set.bundle.stats(), { code: -32000 });
  await set.bundle.shutdown();
});

Deno.test("Bundle has no routes before it is configured", async () => {
  await using set = setting();
  assert.throws(() => set.bundle.routes.get(), { code: -32000 });
  await assert.rejects(set.bundle.routes.put({ routes: [], expected_revision: 0 }), {
    code: -32000,
  });
});

Deno.test("Bundle changes routes when egress has acknowledged them, and gives them to a later egress", async () => {
  await using set = setting();
  const told: unknown[] = [];
  set.daemons.override.egress = {
    "routes.put": (params) => Promise.resolve(told.push(params)),
  };
  await set.bundle.configure(document);
  assert.deepEqual(set.bundle.routes.get(), { routes: [{ host: "a.test" }], revision: 1 });
  const routes = [{ host: "b.test" }];
  assert.deepEqual(await set.bundle.routes.put({ routes, expected_revision: 1 }), { revision: 2 });
  assert.deepEqual(told, [{ routes, revision: 2 }]);
  assert.deepEqual(set.bundle.routes.get(), { routes, revision: 2 });

  (await set.daemons.life("egress", 1)).kill();
  const second = await set.daemons.life("egress", 2);
  assert.deepEqual(await second.configured, { ...document.egress, routes, ca: fakeCa(1) });
});

Deno.test("Bundle refuses a change of routes that have changed since: of two at once one is told", async () => {
  await using set = setting();
  set.daemons.override.egress = { "routes.put": () => Promise.resolve(null) };
  await set.bundle.configure(document);
  const put = (host: string): Promise<unknown> =>
    set.bundle.routes.put({ routes: [{ host }], expected_revision: 1 });
  const [first, second] = await Promise.allSettled([put("b.test"), put("c.test")]);
  assert.equal(first.status, "fulfilled");
  assert.ok(second.status === "rejected" && second.reason instanceof RpcError);
  assert.equal(second.reason.code, -32003);
  assert.deepEqual(set.bundle.routes.get(), { routes: [{ host: "b.test" }], revision: 2 });
});

Deno.test("Bundle keeps its routes when egress refuses others, is down, or dies over them", async () => {
  await using set = setting();
  const kept = { routes: [{ host: "a.test" }], revision: 1 };
  const wish = { routes: [{ host: "b.test" }], expected_revision: 1 };
  set.daemons.override.egress = {
    "routes.put": () => Promise.reject(new RpcError(-32002, "no credential for it")),
  };
  await set.bundle.configure(document);
  await assert.rejects(set.bundle.routes.put(wish), { code: -32002, message: /no credential/ });
  await assert.rejects(set.bundle.routes.put({ routes: "all" }), { code: "shape-invalid" });
  assert.deepEqual(set.bundle.routes.get(), kept);

  set.daemons.override.egress = {
    "routes.put": () => {
      set.daemons.lives.findLast(({ name }) => name === "egress")?.kill();
      return Promise.resolve(null);
    },
  };
  (await set.daemons.life("egress", 1)).kill();
  while (set.bundle.ready().ready) await systemClock.sleep(1);
  await assert.rejects(set.bundle.routes.put(wish), { code: -32000 });
  await untilReady(set.bundle);
  await assert.rejects(set.bundle.routes.put(wish), { code: -32000 });
  const third = await set.daemons.life("egress", 3);
  assert.deepEqual(await third.configured, { ...document.egress, ca: fakeCa(1) });
  assert.deepEqual(set.bundle.routes.get(), kept);
});
