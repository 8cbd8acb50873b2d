import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import type { ControlClient } from "../../../../lib/control/client.ts";
import { openControl } from "../../../../lib/control/client_stream.ts";
import { RpcError, type RpcHandler, RpcPeer } from "../../../../lib/control/rpc.ts";
import type { LedgerRow } from "../../../../lib/egress/audit/audit_row.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { streamPair } from "../../../support/streams.ts";

const chain = chainRows(
  EMPTY_CHAIN,
  Array.from({ length: 9 }, (_, n) => auditRow({ path: `/${n}` })),
);

interface Setting extends AsyncDisposable {
  readonly client: ControlClient;
  readonly init: RpcPeer;
  readonly told: unknown[];
  readonly cut: () => void;
}

/** A client whose carrier ended with a word on stderr. */
function setting(handlers: Record<string, RpcHandler>): Setting {
  const [near, far, cut] = streamPair();
  const told: unknown[] = [];
  const init = new RpcPeer({
    ...far,
    handlers,
    onNotify: (method, params) => void told.push([method, params]),
  });
  const client = openControl({
    ...near,
    ended: Promise.resolve({ code: 1, stderr: "a\n\nError: No such container: b\n" }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  return {
    client,
    init,
    told,
    cut,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await init.close();
    },
  };
}

async function take(rows: AsyncIterable<LedgerRow>, count = Infinity): Promise<number[]> {
  const seqs: number[] = [];
  for await (const { seq } of rows) {
    if (seqs.push(seq) === count) break;
  }
  return seqs;
}

/** Answers `audit.tail` with pages of three rows. */
const pages: RpcHandler = (params) => {
  const { after = 0, limit = 1000 } = Object(params);
  const found = chain.filter(({ seq }) => seq > after).slice(0, limit);
  const rows = found.slice(0, 3);
  return Promise.resolve({ rows, last: chain.length, more: rows.length < found.length });
};

Deno.test("openControl reads each answer, and refuses one of another shape", async () => {
  const good = { ca_pem: "pem", ca_sha256: "sha" };
  await using set = setting({
    "configure": () => Promise.resolve(good),
    "ready": () => Promise.resolve({ configured: "yes" }),
    "stats": () => Promise.resolve({ requests: -1 }),
  });
  const document = Object({});
  assert.deepEqual(await set.client.call("configure", document), good);
  await assert.rejects(set.client.call("ready", null), { code: "shape-invalid" });
  await assert.rejects(set.client.call("stats", null), { code: "shape-invalid" });
});

Deno.test("ControlClient.call says what init refused, and why the stream ended", async () => {
  const never = Promise.withResolvers<unknown>();
  await using set = setting({
    "stats": () => Promise.reject(new RpcError(-32000, "The bundle is not configured")),
    "ready": () => never.promise,
  });
  await assert.rejects(set.client.call("stats", null), {
    code: "control-refused",
    message: `The bundle refused "stats": The bundle is not configured`,
  });
  const call = set.client.call("ready", null);
  set.cut();
  await assert.rejects(call, {
    code: "control-lost",
    details: ["a", "Error: No such container: b"],
  });
  never.resolve(null);
});

Deno.test("ControlClient.call tells a conflict from a refusal: whoever reads again may come through", async () => {
  await using set = setting({
    "routes.put": () => Promise.reject(new RpcError(-32003, "The routes have changed")),
  });
  await assert.rejects(set.client.call("routes.put", { routes: [], expected_revision: 1 }), {
    code: "control-conflict",
    message: "The routes have changed",
  });
});

Deno.test("ControlClient.audit pages on until it has what was asked for", async () => {
  await using set = setting({ "audit.tail": pages });
  assert.deepEqual(await take(set.client.audit({ after: 0 })), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(await take(set.client.audit({ after: 2, limit: 5 })), [3, 4, 5, 6, 7]);
  assert.deepEqual(await take(set.client.audit({ limit: 4 })), [1, 2, 3, 4]);
});

Deno.test("ControlClient.audit yields each row once, whether it came in a page or by itself", async () => {
  const set: Setting = setting({
    "audit.tail": async (params) => {
      const { subscription } = Object(params);
      for (const row of chain.slice(0, 5)) {
        await set.init.notify("audit.row", { subscription, row });
      }
      setTimeout(async () => {
        for (const row of chain.slice(3)) {
          await set.init.notify("audit.row", { subscription, row });
        }
      }, 5);
      return { rows: chain.slice(0, 4), last: 4, more: false };
    },
  });
  await using _set = set;
  assert.deepEqual(await take(set.client.audit({ follow: true }), 9), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  while (set.told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(set.told, [["audit.unfollow", { subscription: 1 }]]);
});

Deno.test("ControlClient.audit ends a follower with the signal, the stream, or a malformed row", async () => {
  const tail: RpcHandler = () => Promise.resolve({ rows: [], last: 0, more: false });
  const abort = new AbortController();
  await using aborted = setting({ "audit.tail": tail });
  const following = take(aborted.client.audit({ follow: true }, abort.signal));
  setTimeout(() => abort.abort(new Error("enough")), 5);
  await assert.rejects(following, /enough/);

  await using lost = setting({ "audit.tail": tail });
  const losing = take(lost.client.audit({ follow: true }));
  setTimeout(lost.cut, 5);
  await assert.rejects(losing, { code: "control-lost" });

  await using odd = setting({ "audit.tail": tail });
  const gap = take(odd.client.audit({ follow: true }));
  setTimeout(() => void odd.init.notify("audit.row", { subscription: 1, row: {} }), 5);
  await assert.rejects(gap, { code: "shape-invalid" });
});
