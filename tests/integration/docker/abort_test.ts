import { deepEqual, ok, rejects } from "node:assert/strict";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { Label } from "../../../lib/names.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { createSubject, type Subject, type SubjectOptions } from "../conformance/subject.ts";

const engine = createEngine({ run: createRun() });

function open(options?: SubjectOptions): Promise<Subject> {
  return createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    options,
  );
}

/** Everything with the home's label, whatever our own lists say. */
async function leftOf(home: string): Promise<string[]> {
  const filter = ["--filter", `label=${Label.home}=${home}`];
  const lists = [["ps", "--all"], ["network", "ls"], ["volume", "ls"]];
  const found = await Promise.all(
    lists.map((list) => engine.docker([...list, "--quiet", ...filter])),
  );
  return found.flatMap((ids) => ids.split("\n")).filter((id) => id !== "");
}

/** How many programs a whole launch starts. */
async function countCalls(): Promise<number> {
  await using subject = await open();
  await using bottle = await subject.launch(await subject.prepare());
  const count = subject.calls.length;
  ok(bottle.endpoints.caSha256.length === 64);
  return count;
}

/** Launches, aborting at the k-th call; then nothing may be left. Gives back whether the abort came in time. */
async function abortAt(k: number, when: "before" | "after"): Promise<void> {
  const abort = new AbortController();
  const reason = new Error(`abort ${when} call ${k}`);
  let calls = 0;
  let ended = 0;
  await using subject = await open({
    onCall: () => {
      // A moment later the call is on its way to the engine.
      if (when === "before" && ++calls === k) setTimeout(() => abort.abort(reason), 15);
    },
    onEnd: () => {
      if (when === "after" && ++ended === k) abort.abort(reason);
    },
  });
  const plan = await subject.prepare();
  await rejects(subject.launch(plan, { signal: abort.signal }), (error) => error === reason);
  deepEqual(await leftOf(subject.home), [], reason.message);
}

Deno.test("launch leaves nothing when it is aborted, whichever call is under way", async (t) => {
  const count = await countCalls();
  ok(count >= 12, `${count} calls`);
  // Of the last calls, which run at once, any may be the last to begin or to end.
  for (let k = 1; k <= count - 3; k++) {
    await t.step(`during call ${k} of ${count}`, () => abortAt(k, "before"));
  }
  for (let k = 1; k <= count - 4; k++) {
    await t.step(`after call ${k} of ${count}`, () => abortAt(k, "after"));
  }
});

Deno.test("launch under a signal that is aborted already starts nothing that stays", async () => {
  await using subject = await open();
  const reason = new Error("before it began");
  const signal = AbortSignal.abort(reason);
  await rejects(subject.launch(await subject.prepare(), { signal }), (error) => error === reason);
  deepEqual(await leftOf(subject.home), []);
});
