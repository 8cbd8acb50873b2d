/** Rows of the audit for people. Hosts, paths and details come from an agent: all of it is escaped. */

import type { LedgerRow } from "../../lib/egress/audit/audit_row.ts";
import type { PushRecord } from "../../lib/git_gate/push_record.ts";
import { styleOf } from "./style.ts";
import { type Column, tableLines } from "./table.ts";

/** So many refs of a push are named. */
const NAMED_REFS = 3;

/** Lines of a table, the titles first. */
export function auditLines(
  rows: readonly LedgerRow[],
  view: { readonly useColor: boolean; readonly width: number },
): string[] {
  return tableLines(columns(view), rows, view.width);
}

function columns(view: { readonly useColor: boolean }): readonly Column<LedgerRow>[] {
  const style = styleOf(view);
  return [
    { title: "TIME", text: ({ row }) => row.time.slice(11, 19) },
    {
      title: "VERDICT",
      text: ({ row }) => row.verdict,
      tone: (cell, { row }) =>
        row.verdict === "allowed"
          ? style.green(cell)
          : row.verdict === "blocked"
          ? style.red(cell)
          : style.yellow(cell),
    },
    {
      title: "STATUS",
      text: ({ row }) => row.status === 0 ? "-" : `${row.status}`,
      align: "right",
    },
    { title: "METHOD", text: ({ row }) => row.method },
    { title: "WHAT", text: target },
    { title: "WHY", text: why },
  ];
}

function target({ row }: LedgerRow): string {
  if (row.kind === "self-test") return "self-test of the launch";
  if (row.push !== undefined) return pushed(row.push);
  if (row.kind === "policy") return `routes, revision ${row.change?.revision ?? "?"}`;
  const port = row.kind === "dns" || isUsual(row) ? "" : `:${row.port}`;
  const place = `${tailOf(row.host)}${port}${row.path}`;
  return place.length > 60 ? `${place.slice(0, 59)}…` : place;
}

/** A port that nobody needs to be told. */
function isUsual({ scheme, port }: LedgerRow["row"]): boolean {
  return port === 0 || port === (scheme === "ssh" ? 22 : 443);
}

/** `widget: heads/main, tags/v1 and 3 more`. */
function pushed({ repo, refs, refs_more: unnamed = 0 }: PushRecord): string {
  const names = refs.slice(0, NAMED_REFS).map(({ ref }) => ref.replace(/^refs\//, ""));
  const more = refs.length - names.length + unnamed;
  const place = `${repo}: ${names.join(", ")}`;
  const shown = place.length > 60 ? `${place.slice(0, 59)}…` : place;
  return more === 0 ? shown : `${shown} and ${more} more`;
}

/** Whose a host is stands at its end, and labels before it are for anybody to choose. */
function tailOf(host: string): string {
  return host.length > 48 ? `…${host.slice(-47)}` : host;
}

function why({ row }: LedgerRow): string {
  const credential = row.credential === undefined ? [] : [`${row.credential} credential put on`];
  const marks = (row.marks ?? []).map((mark) => `marked ${mark}`);
  const reason = [row.reason, row.detail].filter((part) => part !== undefined).join(": ");
  return [...folded(row), ...(reason === "" ? [] : [reason]), ...credential, ...marks].join("; ");
}

/** `12 times until 03:05:01`: a row of several refusals alike. */
function folded({ count, last_time: last }: LedgerRow["row"]): readonly string[] {
  if (count === undefined) return [];
  return [`${count} times${last === undefined ? "" : ` until ${last.slice(11, 19)}`}`];
}
