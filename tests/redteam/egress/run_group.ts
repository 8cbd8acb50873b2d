/** Runs cases, one after the other, on one proxy. */

import { deepEqual, fail, ok } from "node:assert/strict";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import { eventually } from "../../support/egress/wire.ts";
import type { Case, Covered, Expectation, Group, TextRule } from "./case.ts";
import { respondOk } from "./sink.ts";
import { openStage, type Stage } from "./stage.ts";

/** Registers a group as one test with a step for each case. */
export function testGroup({ title, stage: options, cases }: Group): void {
  Deno.test(`egress under attack: ${title}`, async (t) => {
    await using stage = await openStage(options);
    await t.step("what is allowed passes", async () => await control(stage, "before"));
    for (const [at, one] of cases.entries()) {
      await t.step(nameOf(one), async () => await runCase(stage, one, `c${at}`));
    }
    await t.step("and it still does", async () => await control(stage, "after"));
    const told = cases.flatMap(({ expect }) => expect.rows === undefined ? [] : [expect.rows]);
    if (told.length < cases.length) return;
    await t.step("nothing went by without a row", async () => {
      const rows = await stage.lastRows();
      const found = tally(rows.map((row) => [wordOf(row), row.count ?? 1]));
      deepEqual(found, tally([...told.flat().map((word) => [word, 1] as const), ["allowed", 4]]));
    });
  });
}

/** As reports have it. */
export function nameOf({ line, technique, place }: Covered): string {
  return `${line}: ${technique} (${place})`;
}

/** Runs one: the attack, then something allowed, then the sink and the audit. */
async function runCase(stage: Stage, attack: Case, label: string): Promise<void> {
  stage.mark(label);
  stage.sink.answer(attack.respond ?? respondOk, stage.fill);
  const heard = await attack.run(stage);
  await stage.fence();
  const { sink, rows, marks, heard: wanted } = attack.expect;
  const words = (): string[] => stage.news().map(wordOf);
  if (rows !== undefined && !isCounted(stage, rows, heard)) {
    await eventually(() => words().length >= rows.length).catch(() => {});
    deepEqual(words().toSorted(), rows.toSorted(), JSON.stringify(stage.news(), undefined, 1));
  }
  const { connections, text } = stage.sink.news();
  if (sink === "nothing") {
    deepEqual({ connections, text }, { connections: 0, text: "" }, "something went out");
  } else {
    holds("an upstream", text, sink, stage);
  }
  if (marks !== undefined) holdsMarks(stage.news(), marks);
  if (wanted !== undefined) holds("the attacker", heard, wanted, stage);
}

/** A refusal of what names no host is folded with the next: its reason is told to the attacker, its count at the end. */
function isCounted(stage: Stage, rows: readonly string[], heard: string): boolean {
  const [reason, second] = rows;
  if (reason === undefined || second !== undefined || stage.news().length > 0) return false;
  return stage.proxy.rows.some((row) => row.reason === reason && row.host === "") &&
    heard.includes(`\r\nx-bot-bottle-block: ${reason}\r\n`);
}

async function control(stage: Stage, label: string): Promise<void> {
  stage.mark(label);
  stage.sink.answer(respondOk, stage.fill);
  const authority = stage.fill("{open}");
  using inner = await stage.tunnel(authority);
  await inner.write(`GET /control HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  deepEqual((await inner.response()).body, "ok");
  const plain = stage.fill("{open:http}");
  using outer = await stage.plain();
  await outer.write(`GET http://${plain}/control HTTP/1.1\r\nHost: ${plain}\r\n\r\n`);
  deepEqual((await outer.response()).body, "ok");
  await stage.fence();
  deepEqual(stage.news().map(wordOf), ["allowed", "allowed"]);
  deepEqual(stage.sink.news().text.match(/GET \/control HTTP/g)?.length, 2);
  deepEqual(stage.proxy.log(), "");
}

/** So many rows of each kind. */
function tally(counts: readonly (readonly [word: string, count: number])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [word, count] of counts) sums.set(word, (sums.get(word) ?? 0) + count);
  return new Map([...sums].toSorted(([a], [b]) => a < b ? -1 : 1));
}

function wordOf(row: AuditRow): string {
  return row.reason ?? row.verdict;
}

function holdsMarks(rows: readonly AuditRow[], marks: Expectation["marks"]): void {
  const found = rows.flatMap((row) => row.marks ?? []);
  for (const mark of marks ?? []) ok(found.includes(mark), `no mark "${mark}": ${found}`);
}

function holds(who: string, text: string, rule: TextRule, stage: Stage): void {
  for (const part of rule.has ?? []) {
    if (!text.includes(stage.fill(part))) fail(`${who} did not get ${shown(part)}: ${shown(text)}`);
  }
  for (const part of rule.hasNot ?? []) {
    if (text.includes(stage.fill(part))) fail(`${who} got ${shown(part)}: ${shown(text)}`);
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text);
}
