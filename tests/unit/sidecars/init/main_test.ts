import assert from "node:assert/strict";
import type { ControlClient } from "../../../../lib/control/client.ts";
import { openControl } from "../../../../lib/control/client_stream.ts";
import type { ConfigureDocument } from "../../../../lib/control/protocol.ts";
import type { LedgerRow } from "../../../../lib/egress/audit/audit_row.ts";
import { systemClock } from "../../../../lib/clock.ts";
import { connectionStreams } from "../../../../lib/control/connection_streams.ts";
import { runInit } from "../../../../sidecars/init/main.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { type FakeDaemons, fakeDaemons } from "../../../support/fake_daemons.ts";
import { testDocument } from "../../../support/configure_document.ts";

interface Init extends AsyncDisposable {
  readonly daemons: FakeDaemons;
  readonly document: ConfigureDocument;
  readonly ended: Promise<void>;
  readonly signal: AbortController;
  readonly socket: string;
  connect(): Promise<ControlClient>;
}

/** Init with fake daemons, on a socket of its own. */
async function startInit(): Promise<Init> {
  const folder = await Deno.makeTempDir();
  const socket = `${folder}/run/control.sock`;
  const daemons = fakeDaemons();
  const signal = new AbortController();
  const listening = Promise.withResolvers<void>();
  const ended = runInit({
    start: daemons.start,
    endLeftovers: daemons.endLeftovers,
    clock: systemClock,
    signal: signal.signal,
    onLog: () => {},
    onListening: listening.resolve,
    socket,
  });
  await listening.promise;
  return {
    daemons,
    document: testDocument("demo-ab12c"),
    ended,
    signal,
    socket,
    connect: async () => openControl(await unixDuplex(socket)),
    [Symbol.asyncDispose]: async () => {
      signal.abort();
      await ended;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function unixDuplex(path: string): Promise<Parameters<typeof openControl>[0]> {
  const connection = await Deno.connect({ transport: "unix", path });
  const streams = connectionStreams(connection);
  return {
    ...streams,
    ended: Promise.resolve({ code: 0, stderr: "" }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

Deno.test("runInit makes the socket's folder for its owner alone", async () => {
  await using init = await startInit();
  await using _control = await init.connect();
  const { mode } = await Deno.stat(init.socket.replace("/control.sock", ""));
  assert.equal((mode ?? 0) & 0o777, 0o700);
});

Deno.test("runInit serves many streams at once", async () => {
  await using init = await startInit();
  await using first = await init.connect();
  await using second = await init.connect();
  assert.equal((await second.call("ready", null)).configured, false);
  await first.call("configure", init.document);
  assert.equal((await second.call("ready", null)).ready, true);
  assert.equal((await second.call("stats", null)).requests, 5);
  await assert.rejects(second.call("configure", init.document), { code: "control-refused" });
});

Deno.test("runInit answers shutdown when the daemons have ended, then ends", async () => {
  await using init = await startInit();
  await using control = await init.connect();
  await control.call("configure", init.document);
  assert.equal(await control.call("shutdown", null), null);
  assert.ok(init.daemons.lives.every(({ peer }) => peer.isClosed));
  await init.ended;
  await assert.rejects(init.connect());
});

Deno.test("runInit ends in good order on the signal, configured or not", async () => {
  for (const isConfigured of [false, true]) {
    await using init = await startInit();
    await using control = await init.connect();
    if (isConfigured) await control.call("configure", init.document);
    init.signal.abort();
    await init.ended;
    await assert.rejects(control.call("ready", null), { code: "control-lost" });
  }
});

Deno.test("runInit gives a follower the rows there are and those that come", async () => {
  await using init = await startInit();
  await using control = await init.connect();
  await using other = await init.connect();
  await control.call("configure", init.document);
  const egress = await init.daemons.life("egress", 1);
  const append = (path: string): Promise<unknown> =>
    egress.peer.call("audit.append", { rows: [auditRow({ path })] });
  await append("/1");
  const seen = [collect(control, 3), collect(other, 3), collect(control, 2)];
  await systemClock.sleep(20);
  await append("/2");
  await append("/3");
  const paths = (await Promise.all(seen)).map((rows) => rows.map(({ row }) => row.path));
  assert.deepEqual(paths, [["/1", "/2", "/3"], ["/1", "/2", "/3"], ["/1", "/2"]]);
});

Deno.test("runInit lets go of the followers of a stream that ended", async () => {
  await using init = await startInit();
  const control = await init.connect();
  await control.call("configure", init.document);
  await control.call("audit.tail", { follow: true, subscription: 1 });
  await control[Symbol.asyncDispose]();
  await using next = await init.connect();
  const egress = await init.daemons.life("egress", 1);
  await egress.peer.call("audit.append", { rows: [auditRow()] });
  assert.equal((await next.call("audit.tail", {})).rows.length, 1);
});

Deno.test("runInit refuses a flood of followers on one stream", async () => {
  await using init = await startInit();
  await using control = await init.connect();
  await control.call("configure", init.document);
  for (let subscription = 0; subscription < 16; subscription++) {
    await control.call("audit.tail", { follow: true, subscription });
  }
  const more = control.call("audit.tail", { follow: true, subscription: 99 });
  await assert.rejects(more, { code: "control-refused" });
});

Deno.test("runInit closes the streams over its bound, and takes new ones when others ended", async () => {
  await using init = await startInit();
  await using held = new AsyncDisposableStack();
  for (let n = 0; n < 64; n++) {
    const control = held.use(await init.connect());
    await control.call("ready", null);
  }
  await using over = await init.connect();
  await assert.rejects(over.call("ready", null), { code: "control-lost" });
  await held.disposeAsync();
  await systemClock.sleep(20);
  await using again = await init.connect();
  assert.equal((await again.call("ready", null)).configured, false);
});

async function collect(control: ControlClient, count: number): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  for await (const row of control.audit({ follow: true })) {
    rows.push(row);
    if (rows.length === count) break;
  }
  return rows;
}
