import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { canonicalJson, chainHash, findBreak, GENESIS } from "../../../../lib/audit/chain.ts";
import { type Ledger, openLedger } from "../../../../sidecars/supervise/ledger.ts";
import { auditRow } from "../../../support/audit_rows.ts";

async function withFile(work: (path: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(`${folder}/ledger.db`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Appends `count` rows of one sender. */
function fill(ledger: Ledger, count: number, from = 0): void {
  const rows = Array.from({ length: count }, (_, n) => auditRow({ path: `/${from + n}` }));
  ledger.append({ source: "t", first: undefined, rows });
}

/** Changes the file behind the ledger's back. */
function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

Deno.test("Ledger goes on with its chain after it was closed", () =>
  withFile((path) => {
    for (const from of [0, 2]) {
      using ledger = openLedger({ path });
      fill(ledger, 2, from);
    }
    using ledger = openLedger({ path });
    const { rows, last, more } = ledger.tail({});
    assert.equal(last, 4);
    assert.equal(more, false);
    assert.deepEqual(rows.map(({ row }) => row.path), ["/0", "/1", "/2", "/3"]);
    assert.equal(findBreak(rows), undefined);
  }));

Deno.test("Ledger.append writes a batch that comes again once, whatever was added to it", () =>
  withFile((path) => {
    const rows = ["a", "b", "c"].map((path) => auditRow({ path }));
    {
      using ledger = openLedger({ path });
      assert.equal(ledger.append({ source: "1", first: 1, rows: rows.slice(0, 2) }), 2);
    }
    using ledger = openLedger({ path });
    assert.equal(ledger.append({ source: "1", first: 1, rows }), 3);
    assert.equal(ledger.append({ source: "1", first: 1, rows }), 3);
    assert.equal(ledger.append({ source: "2", first: 1, rows: rows.slice(0, 1) }), 4);
    assert.deepEqual(ledger.tail({}).rows.map(({ row }) => row.path), ["a", "b", "c", "a"]);
  }));

Deno.test("Ledger.append writes all rows or none, and says that the disk is full", () =>
  withFile((path) => {
    using ledger = openLedger({ path, maxBytes: 64 * 1024 });
    fill(ledger, 10);
    const detail = "x".repeat(10_000);
    const rows = Array.from({ length: 20 }, () => auditRow({ detail }));
    assert.throws(() => ledger.append({ source: "t", first: 11, rows }), {
      code: "ledger-unusable",
      message: /^The ledger cannot write: .*full/,
    });
    assert.equal(ledger.last, 10);
    assert.equal(ledger.tail({}).rows.length, 10);
    fill(ledger, 1, 10);
    assert.equal(findBreak(ledger.tail({}).rows), undefined);
    assert.equal(ledger.last, 11);
  }));

Deno.test("Ledger.tail gives the newest rows, or those after a number", () =>
  withFile((path) => {
    using ledger = openLedger({ path });
    assert.deepEqual(ledger.tail({}), { rows: [], last: 0, more: false });
    fill(ledger, 10);
    const seqs = (query: Parameters<Ledger["tail"]>[0]): number[] =>
      ledger.tail(query).rows.map(({ seq }) => seq);
    assert.deepEqual(seqs({ limit: 3 }), [8, 9, 10]);
    assert.deepEqual(seqs({ after: 0, limit: 3 }), [1, 2, 3]);
    assert.deepEqual(seqs({ after: 8 }), [9, 10]);
    assert.deepEqual(seqs({ after: 10 }), []);
    assert.deepEqual(seqs({ after: 0, limit: 0 }), []);
  }));

Deno.test("Ledger.tail gives blocked rows alone if asked to", () =>
  withFile((path) => {
    using ledger = openLedger({ path });
    const rows = [1, 2, 3, 4, 5, 6].map((n) =>
      auditRow({ path: `/${n}`, verdict: n % 2 === 0 ? "blocked" : "allowed" })
    );
    ledger.append({ source: "t", first: undefined, rows });
    const seqs = (query: Parameters<Ledger["tail"]>[0]): number[] =>
      ledger.tail({ ...query, verdict: "blocked" }).rows.map(({ seq }) => seq);
    assert.deepEqual(seqs({}), [2, 4, 6]);
    assert.deepEqual(seqs({ limit: 2 }), [4, 6]);
    assert.deepEqual(seqs({ after: 2 }), [4, 6]);
  }));

Deno.test("Ledger.tail bounds an answer by its size and says that there is more", () =>
  withFile((path) => {
    using ledger = openLedger({ path });
    const detail = "\u20ac".repeat(12_000);
    const rows = Array.from({ length: 300 }, () => auditRow({ detail }));
    ledger.append({ source: "t", first: undefined, rows });
    const seen: number[] = [];
    for (let more = true; more;) {
      const page = ledger.tail({ after: seen.at(-1) ?? 0 });
      assert.ok(new TextEncoder().encode(JSON.stringify(page)).length < 8 * 1024 * 1024);
      seen.push(...page.rows.map(({ seq }) => seq));
      more = page.more;
    }
    assert.deepEqual(seen, rows.map((_, index) => index + 1));
  }));

const tampering: readonly [string, string, RegExp][] = [
  [
    "a changed row",
    `UPDATE audit SET row = replace(row, '/1', '/9') WHERE seq = 2`,
    /row 2 does not fit/,
  ],
  ["a changed hash", `UPDATE audit SET hash = upper(hash) WHERE seq = 2`, /row 2 does not fit/],
  ["a changed verdict", `UPDATE audit SET verdict = 'failed' WHERE seq = 3`, /row 3 does not fit/],
  ["a row that was taken out", `DELETE FROM audit WHERE seq = 2`, /row 3 is missing/],
  [
    "rows moved up",
    `DELETE FROM audit WHERE seq = 1; UPDATE audit SET seq = seq - 1`,
    /row 1 does not fit/,
  ],
  ["a row that is no JSON", `UPDATE audit SET row = '{' WHERE seq = 1`, /row 1 does not fit/],
];
for (const [name, sql, word] of tampering) {
  Deno.test(`openLedger refuses a chain with ${name}`, () =>
    withFile((path) => {
      {
        using ledger = openLedger({ path });
        fill(ledger, 3);
      }
      tamper(path, sql);
      assert.throws(() => openLedger({ path }), { code: "ledger-broken", message: word });
    }));
}

Deno.test("openLedger refuses a row that fits its hash but is none of ours", () =>
  withFile((path) => {
    for (const text of [`{"a":1}`, ` ${canonicalJson(auditRow())}`]) {
      {
        using ledger = openLedger({ path });
        assert.equal(ledger.last, 0);
      }
      tamper(
        path,
        `DELETE FROM audit;
         INSERT INTO audit VALUES (1, '${text}', '${chainHash(GENESIS, text)}', 'allowed')`,
      );
      assert.throws(() => openLedger({ path }), { code: "ledger-broken" });
      tamper(path, "DELETE FROM audit");
    }
  }));

Deno.test("openLedger refuses a file that is no database, a newer format, a missing folder", () =>
  withFile(async (path) => {
    assert.throws(() => openLedger({ path: `${path}/none/ledger.db` }), {
      code: "ledger-unusable",
    });
    await Deno.writeTextFile(path, "not a database, but long enough to be looked at".repeat(99));
    assert.throws(() => openLedger({ path }), { code: "ledger-unusable" });
    await Deno.remove(path);
    tamper(path, "PRAGMA user_version = 2");
    assert.throws(() => openLedger({ path }), {
      code: "ledger-unusable",
      message: "The ledger has the format 2, this version reads 1",
    });
  }));

Deno.test("openLedger lets no second writer in", () =>
  withFile((path) => {
    using ledger = openLedger({ path });
    fill(ledger, 1);
    assert.throws(() => openLedger({ path }), { code: "ledger-unusable", message: /locked/ });
    assert.equal(ledger.last, 1);
  }));

Deno.test("Ledger keeps every row that it acknowledged before a kill -9", () =>
  withFile(async (path) => {
    const at = (name: string): string => new URL(`../../../../${name}`, import.meta.url).href;
    const script = `
      import { openLedger } from "${at("sidecars/supervise/ledger.ts")}";
      import { auditRow } from "${at("tests/support/audit_rows.ts")}";
      const ledger = openLedger({ path: ${JSON.stringify(path)} });
      const rows = Array.from({ length: 7 }, () => auditRow());
      while (true) {
        const last = ledger.append({ source: "t", first: undefined, rows });
        Deno.stdout.writeSync(new TextEncoder().encode(last + "\\n"));
      }`;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", script],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let said = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      const before = said.length;
      said += text;
      if (before < 200 && said.length >= 200) child.kill("SIGKILL");
    }
    assert.equal((await child.status).signal, "SIGKILL");
    const acknowledged = Number(said.slice(0, said.lastIndexOf("\n")).split("\n").at(-1));
    assert.ok(acknowledged > 0);
    using ledger = openLedger({ path });
    assert.ok(ledger.last >= acknowledged, `${ledger.last} < ${acknowledged}`);
    assert.equal(ledger.last % 7, 0, "half a batch");
  }));
