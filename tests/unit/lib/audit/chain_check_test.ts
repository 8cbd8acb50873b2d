import assert from "node:assert/strict";
import { chainRows, EMPTY_CHAIN } from "../../../../lib/audit/chain.ts";
import {
  type AuditFault,
  ChainCheck,
  type CheckedChain,
  describeFault,
  MAX_FAULTS,
} from "../../../../lib/audit/chain_check.ts";
import { readFileLines } from "../../../../lib/audit/file_lines.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";
import { auditRow } from "../../../support/audit_rows.ts";

const chain = chainRows(
  EMPTY_CHAIN,
  Array.from({ length: 6 }, (_, n) => auditRow({ path: `/${n}` })),
);
const lines = chain.map((row) => JSON.stringify(row));

async function check(text: string, known?: number): Promise<CheckedChain> {
  const checking = new ChainCheck();
  const stream = ReadableStream.from([new TextEncoder().encode(text)]);
  for await (const line of readFileLines(stream)) checking.takeLine(line);
  return checking.end(known);
}

const whole = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
const edit = (at: number, change: (line: string) => string): readonly string[] =>
  lines.map((line, index) => index === at ? change(line) : line);

Deno.test("ChainCheck finds nothing in a whole file, and tells its end", async () => {
  const { rows, last, faults } = await check(whole(lines), 6);
  assert.deepEqual([rows, faults], [6, []]);
  assert.deepEqual(last, { seq: 6, hash: chain[5]?.hash });
  assert.deepEqual(await check(""), {
    rows: 0,
    last: EMPTY_CHAIN,
    faults: [],
    faultCount: 0,
  });
});

const table: readonly (readonly [string, string, readonly AuditFault[]])[] = [
  [
    "a changed row",
    whole(edit(2, (line) => line.replace("/2", "/x"))),
    [{ kind: "changed", seq: 3 }],
  ],
  [
    "a field that was added",
    whole(edit(2, (line) => line.replace(`"row":{`, `"row":{"note":1,`))),
    [{ kind: "changed", seq: 3 }],
  ],
  [
    "a row and its hash changed: the next one does not fit",
    whole(edit(2, (line) => line.replace(/[0-9a-f]{64}/, "0".repeat(64)))),
    [{ kind: "changed", seq: 3 }, { kind: "changed", seq: 4 }],
  ],
  [
    "a key that stands twice",
    whole(edit(2, (line) => line.replace(`"row":{`, `"row":{"verdict":"blocked",`))),
    [{ kind: "unreadable", line: 3 }],
  ],
  [
    "rows taken out",
    whole(lines.filter((_, at) => at !== 1 && at !== 2)),
    [{ kind: "missing", from: 2, to: 3 }],
  ],
  ["no beginning", whole(lines.slice(2)), [{ kind: "missing", from: 1, to: 2 }]],
  [
    "a row that stands twice",
    whole([...lines.slice(0, 3), ...lines.slice(2)]),
    [{ kind: "misplaced", seq: 3 }],
  ],
  [
    "two rows in the other order",
    whole([0, 2, 1, 3, 4, 5].map((at) => lines[at] ?? "")),
    [{ kind: "missing", from: 2, to: 2 }, { kind: "misplaced", seq: 2 }],
  ],
  ["a line of something else", whole(edit(2, () => "{}")), [{ kind: "unreadable", line: 3 }]],
  [
    "a key beside the row",
    whole(edit(2, (line) => line.replace("{", `{"note":1,`))),
    [{ kind: "unreadable", line: 3 }],
  ],
  ["an empty line", whole([...lines, ""]), [{ kind: "unreadable", line: 7 }]],
  [
    "a line in other words, and a row gone behind it",
    whole(edit(2, () => "x").filter((_, at) => at !== 3)),
    [{ kind: "unreadable", line: 3 }, { kind: "missing", from: 3, to: 4 }],
  ],
  [
    "a last line cut off in the middle",
    whole(lines).slice(0, -9),
    [{ kind: "truncated", line: 6 }],
  ],
  ["a last line without its end", whole(lines).slice(0, -1), [{ kind: "truncated", line: 6 }]],
];
for (const [name, text, faults] of table) {
  Deno.test(`ChainCheck finds ${name}`, async () => {
    assert.deepEqual((await check(text)).faults, faults);
  });
}

Deno.test("ChainCheck finds rows cut off at the end where their number is known", async () => {
  const { faults } = await check(whole(lines.slice(0, 4)), 6);
  assert.deepEqual(faults, [{ kind: "missing", from: 5, to: 6 }]);
});

Deno.test("ChainCheck tells the first faults, and how many there are", async () => {
  const { faults, faultCount, rows } = await check("x\n".repeat(100));
  assert.deepEqual([faults.length, faultCount, rows], [MAX_FAULTS, 100, 0]);
});

Deno.test("ChainCheck finds a fault wherever one character of a file is another", async () => {
  const text = whole(lines);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length - 1),
      fc.constantFrom("0", "1", "a", '"', ",", "}", " ", "\n", "\u00e9"),
      async (at, character) => {
        fc.pre(text[at] !== character);
        const { faultCount } = await check(text.slice(0, at) + character + text.slice(at + 1));
        assert.ok(faultCount > 0, `${at} ${JSON.stringify(character)}`);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("describeFault names one row, and several", () => {
  assert.equal(describeFault({ kind: "missing", from: 3, to: 3 }), "row 3 is missing");
  assert.equal(describeFault({ kind: "missing", from: 3, to: 5 }), "rows 3 to 5 are missing");
});

Deno.test("ChainCheck sees a key that stands twice in a line no longer than it was", async () => {
  const [row] = chainRows(EMPTY_CHAIN, [auditRow({ bytes_up: 1e13, bytes_down: 1e13 })]);
  const line = JSON.stringify(row);
  const doubled = line.replace(`"row":{`, `"row":{"verdict":"blocked",`)
    .replaceAll("10000000000000", "1e13");
  assert.equal(doubled.length, line.length);
  assert.deepEqual((await check(whole([line]))).faults, []);
  assert.deepEqual((await check(whole([doubled]))).faults, [{ kind: "unreadable", line: 1 }]);
});
