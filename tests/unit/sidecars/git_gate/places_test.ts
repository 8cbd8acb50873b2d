import { deepEqual, rejects } from "node:assert/strict";
import { Places } from "../../../../sidecars/git_gate/places.ts";

const NEVER = new AbortController().signal;

Deno.test("Places lets so many in, and the others in their order", async () => {
  const places = new Places(2);
  const seen: string[] = [];
  const enter = async (name: string): Promise<() => void> => {
    const leave = await places.take(NEVER);
    seen.push(name);
    return leave;
  };
  const [a, b] = await Promise.all([enter("a"), enter("b")]);
  const c = enter("c");
  const d = enter("d");
  await Promise.resolve();
  deepEqual(seen, ["a", "b"]);
  a();
  a();
  (await c)();
  (await d)();
  b();
  deepEqual(seen, ["a", "b", "c", "d"]);
});

Deno.test("Places keeps no place for who left while waiting", async () => {
  const places = new Places(1);
  const leave = await places.take(NEVER);
  const gone = new AbortController();
  const waiting = places.take(gone.signal);
  gone.abort(new Error("left"));
  await rejects(waiting, /left/);
  const next = places.take(NEVER);
  leave();
  (await next)();
  (await places.take(NEVER))();
});
