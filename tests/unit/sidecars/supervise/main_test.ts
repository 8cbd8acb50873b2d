import assert from "node:assert/strict";
import { RpcPeer } from "../../../../lib/control/rpc.ts";
import { runSupervise } from "../../../../sidecars/supervise/main.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { streamPair } from "../../../support/streams.ts";

async function withDaemon(work: (init: RpcPeer, path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [near, far] = streamPair();
  const daemon = runSupervise(far);
  const init = new RpcPeer(near);
  try {
    await work(init, `${folder}/ledger.db`);
  } finally {
    await init.close();
    await daemon;
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("runSupervise serves the ledger: configured once, append, tail", () =>
  withDaemon(async (init, path) => {
    await assert.rejects(init.call("audit.append", { source: "1", rows: [] }), { code: -32000 });
    await assert.rejects(init.call("audit.tail", {}), { code: -32000 });
    assert.deepEqual(await init.call("configure", { path }), { last: 0 });
    await assert.rejects(init.call("configure", { path }), { code: -32001 });
    const batch = { source: "1", first: 1, rows: [auditRow(), auditRow({ path: "/b" })] };
    assert.deepEqual(await init.call("audit.append", batch), { last: 2 });
    const page = JSON.stringify(await init.call("audit.tail", { after: 1, limit: 5 }));
    assert.match(page, /"path":"\/b"/);
    await init.call("shutdown", null);
    await init.closed;
  }));

Deno.test("runSupervise keeps what routes have reserved over its own end", async () => {
  const folder = await Deno.makeTempDir();
  const reserve = async (bytes: number): Promise<unknown> => {
    const [near, far] = streamPair();
    const daemon = runSupervise(far);
    const init = new RpcPeer(near);
    try {
      const wish = { route: "a.test", bytes, limit: 100 };
      await assert.rejects(init.call("bytes.reserve", wish), { code: -32000 });
      await init.call("configure", { path: `${folder}/ledger.db` });
      return await init.call("bytes.reserve", wish);
    } finally {
      await init.close();
      await daemon;
    }
  };
  try {
    assert.deepEqual(await reserve(60), { granted: 60, reserved: 60 });
    assert.deepEqual(await reserve(60), { granted: 40, reserved: 100 });
    await Deno.writeTextFile(`${folder}/ledger.db.bytes_out`, "{}");
    await assert.rejects(reserve(1), { code: -32002, message: /^Cannot keep what routes have/ });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("runSupervise says why it can't open a ledger, and can be told another", () =>
  withDaemon(async (init, path) => {
    await assert.rejects(init.call("configure", { path: `${path}/none` }), {
      code: -32002,
      message: /^Cannot open the ledger: /,
    });
    assert.deepEqual(await init.call("configure", { path }), { last: 0 });
  }));

Deno.test("runSupervise takes no row that is malformed, nor a batch with one", () =>
  withDaemon(async (init, path) => {
    await init.call("configure", { path });
    const bad = [
      { source: "1", rows: [auditRow(), { kind: "http" }] },
      { source: "1", rows: new Array(1001).fill(auditRow()) },
      { source: "1", rows: "none" },
      { rows: [auditRow()] },
      { source: "1", first: -1, rows: [] },
      [],
    ];
    for (const params of bad) {
      await assert.rejects(init.call("audit.append", params), { code: -32602 });
    }
    await assert.rejects(init.call("audit.tail", { verdict: "allowed" }), { code: -32602 });
    assert.deepEqual(await init.call("audit.tail", {}), { rows: [], last: 0, more: false });
  }));

Deno.test("runSupervise ends when init is gone", async () => {
  const [near, far] = streamPair();
  const daemon = runSupervise(far);
  await near.writable.close();
  await daemon;
  await near.readable.cancel();
});
