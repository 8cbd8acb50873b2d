import { deepEqual, equal, rejects } from "node:assert/strict";
import type { BottleSummary } from "../../../../backends/backend.ts";
import { parseMemory, readMemory } from "../../../../backends/docker/memory.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { fakeRun } from "../../../support/context.ts";

const slug = parseSlug("demo-ab12c");

function summary(change: Partial<BottleSummary> = {}): BottleSummary {
  return {
    slug,
    state: "running",
    why: null,
    agent: { id: "a1", image: "i", createdAt: "", start: null },
    bundle: { id: "b1", image: "i" },
    backend: "docker",
    ...change,
  };
}

Deno.test("parseMemory counts as docker stats does, by either version of cgroups, and takes no other word", () => {
  const cases: readonly [string, number | null][] = [
    ["1000\nanon 5\ninactive_file 300\nactive_file 7\n", 700],
    ["1000\ncache 5\ninactive_file 100\ntotal_inactive_file 300\n", 700],
    ["1000\n", 1000],
    ["100\ninactive_file 300\n", 0],
    ["1000\ninactive_file nonsense\n", 1000],
    ["", null],
    ["\x1b[2J\n", null],
    ["-1\n", null],
    ["1e9\n", null],
    ["99999999999999999999\n", null],
    ["9999999999999999\n", null],
  ];
  for (const [text, bytes] of cases) equal(parseMemory(text), bytes, JSON.stringify(text));
});

Deno.test("readMemory asks only bottles that run, each for itself, with a limit of time and size", async () => {
  const run = fakeRun((argv, { timeoutMs, keepBytes }) => {
    deepEqual([timeoutMs, keepBytes], [2000, 16_384]);
    if (argv.includes("a1")) throw new Error("gone");
    return { stdout: new TextEncoder().encode("4096\n"), code: 1 };
  });
  const bottles = [
    summary(),
    summary({ slug: parseSlug("demo-stop1"), state: "stopped" }),
    summary({ slug: parseSlug("demo-brok1"), state: "broken", bundle: null }),
  ];
  const { signal } = new AbortController();
  deepEqual([...await readMemory(createEngine({ run }), bottles, signal)], [
    [slug, { agentBytes: null, bundleBytes: 4096 }],
  ]);
  equal(run.calls.length, 2);
});

Deno.test("readMemory ends with the signal", async () => {
  const run = fakeRun(() => Promise.reject(new Error("killed")));
  const aborted = AbortSignal.abort(new Error("interrupted"));
  await rejects(readMemory(createEngine({ run }), [summary()], aborted), /interrupted/);
});
