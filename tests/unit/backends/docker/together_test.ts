import { deepEqual, equal, rejects } from "node:assert/strict";
import { together } from "../../../../backends/docker/together.ts";

const never = new AbortController().signal;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("together gives all results in order", async () => {
  const [text, number] = await together(never, [
    async () => (await sleep(5), "a"),
    () => Promise.resolve(1),
  ]);
  deepEqual([text, number], ["a", 1]);
});

Deno.test("together waits for every task when one fails, and throws the first failure", async () => {
  const seen: string[] = [];
  const pending = together(never, [
    async (signal) => {
      await sleep(20);
      seen.push(signal.aborted ? "told" : "not told");
      throw new Error("later");
    },
    () => Promise.reject(new Error("first")),
  ]);
  await rejects(pending, /first/);
  deepEqual(seen, ["told"]);
});

Deno.test("together throws the caller's reason when the caller gave up", async () => {
  const controller = new AbortController();
  const reason = new Error("Ctrl-C");
  let settled = 0;
  const task = async (signal: AbortSignal): Promise<void> => {
    await sleep(5);
    settled++;
    signal.throwIfAborted();
  };
  const pending = together(controller.signal, [task, task]);
  controller.abort(reason);
  await rejects(pending, (error) => error === reason);
  equal(settled, 2);
});
