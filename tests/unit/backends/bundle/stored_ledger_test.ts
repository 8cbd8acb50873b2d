import { deepEqual, rejects } from "node:assert/strict";
import { readStoredLedger } from "../../../../backends/bundle/stored_ledger.ts";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import { RpcError, type RpcHandler, RpcPeer } from "../../../../lib/control/rpc.ts";
import { homeId, parseSlug } from "../../../../lib/names.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { streamPair } from "../../../support/streams.ts";

const ledger = {
  slug: parseSlug("demo-ab12c"),
  homeId: homeId("/home/somebody"),
  image: "bot-bottle-bundle:1",
};

/** Reads a ledger whose daemon answers so. */
async function readWith(
  handlers: Readonly<Record<string, RpcHandler>>,
): Promise<readonly unknown[]> {
  const [near, far] = streamPair();
  const daemon = new RpcPeer({ ...far, handlers });
  try {
    return await Array.fromAsync(readStoredLedger({
      duplex: () => ({
        ...near,
        ended: Promise.resolve({ code: 0, stderr: "" }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    }, ledger));
  } finally {
    await daemon.close();
  }
}

Deno.test("readStoredLedger reads page after page", async () => {
  const rows = chainRows(EMPTY_CHAIN, [auditRow(), auditRow(), auditRow()]);
  const asked: unknown[] = [];
  const read = await readWith({
    "configure": () => Promise.resolve({ last: 3 }),
    "audit.tail": (params) => {
      asked.push(params);
      const page = asked.length === 1 ? rows.slice(0, 2) : rows.slice(2);
      return Promise.resolve({ rows: page, last: 3, more: asked.length === 1 });
    },
  });
  deepEqual(read, rows);
  deepEqual(asked, [{ after: 0, limit: 10_000 }, { after: 2, limit: 10_000 }]);
});

Deno.test("readStoredLedger says which ledger can't be read, and why", async () => {
  const locked = new RpcError(-32000, "Cannot open the ledger: database is locked");
  await rejects(readWith({ "configure": () => Promise.reject(locked) }), {
    code: "ledger-unreadable",
    message: 'Cannot read the ledger of "demo-ab12c": Cannot open the ledger: database is locked',
  });
});
