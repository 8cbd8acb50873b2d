import assert from "node:assert/strict";
import {
  DNS_NAMES_PER_WINDOW,
  DNS_WINDOW_MS,
  DnsLog,
} from "../../../../../lib/egress/dns/dns_log.ts";

const START = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const unknown = { name: "a.example.com", type: "A", isKnown: false } as const;

Deno.test("DnsLog tells the first look-up of a name at once", () => {
  const [row, ...rest] = new DnsLog().note(unknown, START);
  assert.deepEqual(rest, []);
  assert.deepEqual(row, {
    time: "2026-01-02T03:04:05.678Z",
    kind: "dns",
    method: "A",
    scheme: "dns",
    host: "a.example.com",
    port: 53,
    path: "",
    verdict: "blocked",
    reason: "host-not-allowed",
    detail: "No look-up leaves the bottle",
    status: 0,
    bytes_up: 0,
    bytes_down: 0,
    duration_ms: 0,
  });
});

Deno.test("DnsLog allows a known name, and escapes what is asked", () => {
  const [known] = new DnsLog().note({ name: "git-gate", type: "AAAA", isKnown: true }, START);
  assert.equal(known?.verdict, "allowed");
  assert.equal(known?.reason, undefined);
  const [odd] = new DnsLog().note({ ...unknown, name: "\x1b[31m\0.com" }, START);
  assert.equal(odd?.host, "\\x1b[31m\\x00.com");
});

Deno.test("DnsLog tells a known name once, and counts its repeats nowhere", () => {
  const log = new DnsLog();
  const known = { name: "git-gate", type: "A", isKnown: true } as const;
  assert.equal(log.note(known, START).length, 1);
  assert.deepEqual(log.note({ ...known, type: "AAAA" }, START + 1), []);
  assert.deepEqual(log.note(known, START + 3 * DNS_WINDOW_MS), []);
  assert.deepEqual(log.flush(START + 9 * DNS_WINDOW_MS, true), []);
});

Deno.test("DnsLog folds repeats into one row when the window has passed", () => {
  const log = new DnsLog();
  log.note(unknown, START);
  assert.deepEqual(log.note(unknown, START + 1), []);
  assert.deepEqual(log.note(unknown, START + DNS_WINDOW_MS - 1), []);
  assert.equal(log.note({ ...unknown, type: "AAAA" }, START + 2).length, 1);
  assert.deepEqual(log.flush(START + DNS_WINDOW_MS - 1), []);
  const [summary, again, ...rest] = log.note(unknown, START + DNS_WINDOW_MS);
  assert.match(summary?.detail ?? "", /also 2 repeats, and 0 look-ups beyond/);
  assert.equal(again?.host, unknown.name);
  assert.deepEqual(rest, []);
});

Deno.test("DnsLog counts a flood of names and tells the number", () => {
  const log = new DnsLog();
  let rows = 0;
  for (let index = 0; index < 10_000; index++) {
    rows += log.note({ ...unknown, name: `x${index}.example.com` }, START + index % 1_000).length;
  }
  assert.equal(rows, DNS_NAMES_PER_WINDOW);
  const [summary, ...rest] = log.flush(START + DNS_WINDOW_MS);
  assert.match(
    summary?.detail ?? "",
    new RegExp(`and ${10_000 - DNS_NAMES_PER_WINDOW} look-ups beyond the 60`),
  );
  assert.equal(summary?.verdict, "blocked");
  assert.deepEqual(rest, []);
});

Deno.test("DnsLog tells nothing twice, and at its end at once", () => {
  const log = new DnsLog();
  log.note(unknown, START);
  assert.deepEqual(log.flush(START + DNS_WINDOW_MS), []);
  log.note(unknown, START + DNS_WINDOW_MS);
  log.note(unknown, START + DNS_WINDOW_MS);
  assert.equal(log.flush(START + DNS_WINDOW_MS + 1, true).length, 1);
  assert.deepEqual(log.flush(START + DNS_WINDOW_MS + 2, true), []);
});

Deno.test("DnsLog starts its window with its first look-up", () => {
  const log = new DnsLog();
  log.note(unknown, START);
  log.flush(START + DNS_WINDOW_MS);
  const later = START + 10 * DNS_WINDOW_MS - 5;
  assert.equal(log.note(unknown, later).length, 1);
  assert.deepEqual(log.note(unknown, later + DNS_WINDOW_MS - 1), []);
});
