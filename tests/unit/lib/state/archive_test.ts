import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import type { LedgerRow } from "../../../../lib/egress/audit/audit_row.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { openArchivedAudit, writeArchive } from "../../../../lib/state/archive.ts";
import { auditRow } from "../../../support/audit_rows.ts";
import { manifestFiles } from "../../../support/manifest_files.ts";

async function archived(home: string): Promise<readonly [string, number] | undefined> {
  const audit = await openArchivedAudit(home, slug);
  return audit && [await new Response(audit.stream).text(), audit.rows];
}

const slug = parseSlug("demo-ab12c");

Deno.test("writeArchive keeps a session and its rows, and replaces an older export", async () => {
  await using files = await manifestFiles();
  assert.equal(await archived(files.home), undefined);
  const rows = chainRows(EMPTY_CHAIN, [{
    time: "2026-01-02T03:04:05.678Z",
    kind: "dns",
    method: "A",
    scheme: "dns",
    host: "x.example",
    port: 53,
    path: "",
    verdict: "blocked",
    reason: "host-not-allowed",
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  }]);
  const session = {
    slug,
    agent: "demo",
    bottle: null,
    label: null,
    version: "0.1.0",
    created_at: "2026-01-02T03:04:05.678Z",
    archived_at: "2026-01-02T03:05:05.678Z",
    exit_code: 0,
    by: "agent",
  } as const;
  const folder = await writeArchive(files.home, session, []);
  assert.deepEqual(await archived(files.home), ["", 0]);
  await writeArchive(files.home, session, rows);
  assert.deepEqual(await archived(files.home), [`${JSON.stringify(rows[0])}\n`, 1]);
  assert.deepEqual(JSON.parse(await Deno.readTextFile(`${folder}/session.json`)), {
    ...session,
    rows: 1,
  });
  assert.equal(((await Deno.stat(`${folder}/audit.jsonl`)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("openArchivedAudit takes the number of rows for unknown where no session tells it", async () => {
  await using files = await manifestFiles();
  const folder = `${files.home}/archive/${slug}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/audit.jsonl`, "x\n");
  assert.deepEqual(await archived(files.home), ["x\n", 0]);
  for (const text of ["{", "null", `{"rows":"9"}`, `{"rows":1.5}`]) {
    await Deno.writeTextFile(`${folder}/session.json`, text);
    assert.deepEqual(await archived(files.home), ["x\n", 0]);
  }
});

async function* breakingOff(row: LedgerRow): AsyncGenerator<LedgerRow, void, void> {
  yield row;
  await Promise.resolve();
  throw new Error("lost");
}

Deno.test("writeArchive leaves the older one where the rows break off, and no draft", async () => {
  await using files = await manifestFiles();
  const session = {
    slug,
    agent: "demo",
    bottle: null,
    label: null,
    version: "0.1.0",
    created_at: null,
    archived_at: "2026-01-02T03:05:05.678Z",
    exit_code: null,
    by: null,
  } as const;
  const [first, second] = chainRows(EMPTY_CHAIN, [auditRow(), auditRow()]);
  assert.ok(first && second);
  const folder = await writeArchive(files.home, session, [first]);
  await assert.rejects(writeArchive(files.home, session, breakingOff(second)), /lost/);
  assert.deepEqual(await archived(files.home), [`${JSON.stringify(first)}\n`, 1]);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  assert.deepEqual(names.sort(), ["audit.jsonl", "session.json"]);
});
