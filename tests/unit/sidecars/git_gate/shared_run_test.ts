import { deepEqual, equal, rejects } from "node:assert/strict";
import { SharedRun } from "../../../../sidecars/git_gate/shared_run.ts";

/** Runs that end when they are told to. */
class Runs {
  readonly begun: PromiseWithResolvers<void>[] = [];
  readonly signals: AbortSignal[] = [];
  #next = Promise.withResolvers<void>();

  readonly shared = new SharedRun((signal) => {
    const run = Promise.withResolvers<void>();
    this.begun.push(run);
    this.signals.push(signal);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    signal.addEventListener("abort", () => run.reject(signal.reason));
    return run.promise;
  }, 0);

  async until(count: number): Promise<void> {
    while (this.begun.length < count) await this.#next.promise;
  }
}

const NEVER = new AbortController().signal;

Deno.test("SharedRun runs once for all who ask before it begins", async () => {
  const runs = new Runs();
  const all = Array.from({ length: 10 }, () => runs.shared.join(NEVER));
  await runs.until(1);
  runs.begun[0]?.resolve();
  await Promise.all(all);
  equal(runs.begun.length, 1);
});

Deno.test("SharedRun runs once more for all who ask while it goes on, and not before it has ended", async () => {
  const runs = new Runs();
  const first = runs.shared.join(NEVER);
  await runs.until(1);
  const late = [runs.shared.join(NEVER), runs.shared.join(NEVER)];
  await new Promise((resolve) => setTimeout(resolve, 5));
  equal(runs.begun.length, 1);
  runs.begun[0]?.resolve();
  await first;
  await runs.until(2);
  runs.begun[1]?.resolve();
  await Promise.all(late);
  equal(runs.begun.length, 2);
});

Deno.test("SharedRun tells all of a failure, and the next one begins anew", async () => {
  const runs = new Runs();
  const both = [runs.shared.join(NEVER), runs.shared.join(NEVER)];
  await runs.until(1);
  runs.begun[0]?.reject(new Error("no"));
  deepEqual((await Promise.allSettled(both)).map(({ status }) => status), ["rejected", "rejected"]);
  const again = runs.shared.join(NEVER);
  await runs.until(2);
  runs.begun[1]?.resolve();
  await again;
});

Deno.test("SharedRun goes on for those who stay, and ends with the last who leaves", async () => {
  const runs = new Runs();
  const [one, two] = [new AbortController(), new AbortController()];
  const first = runs.shared.join(one.signal);
  const second = runs.shared.join(two.signal);
  await runs.until(1);
  one.abort(new Error("left"));
  await rejects(first, /left/);
  equal(runs.signals[0]?.aborted, false);
  two.abort(new Error("left too"));
  await rejects(second, /left too/);
  equal(runs.signals[0]?.aborted, true);
});

Deno.test("SharedRun that was given up before it began is not joined, and does nothing", async () => {
  const runs = new Runs();
  const gone = new AbortController();
  const given = runs.shared.join(gone.signal);
  gone.abort(new Error("left"));
  await rejects(given, /left/);
  const next = runs.shared.join(NEVER);
  await runs.until(1);
  runs.begun[0]?.resolve();
  await next;
  equal(runs.begun.length, 1);
});
