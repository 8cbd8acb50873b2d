import { deepEqual, equal } from "node:assert/strict";
import { type Stoppable, stopProcess } from "../../../../lib/process/stop.ts";

/** A child that ends on the signals named, and says which it got. */
function child(endsOn: readonly string[]): Stoppable & { readonly got: string[] } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const got: string[] = [];
  return {
    got,
    status: promise,
    kill: (signal): void => {
      got.push(signal);
      if (endsOn.includes(signal)) resolve();
    },
  };
}

Deno.test("stopProcess sends TERM alone to a program that obeys", async () => {
  const obedient = child(["SIGTERM"]);
  await stopProcess(obedient);
  deepEqual(obedient.got, ["SIGTERM"]);
});

Deno.test("stopProcess sends KILL after the wait to one that does not", async () => {
  const stubborn = child(["SIGKILL"]);
  await stopProcess(stubborn, 10);
  deepEqual(stubborn.got, ["SIGTERM", "SIGKILL"]);
});

Deno.test("stopProcess ends a real program that ignores TERM", async () => {
  const real = new Deno.Command("bash", {
    args: ["-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"],
    stdout: "piped",
  }).spawn();
  const reader = real.stdout.getReader();
  await reader.read();
  await stopProcess(real, 50);
  equal((await real.status).signal, "SIGKILL");
  await reader.cancel();
});

Deno.test("stopProcess takes one that has ended already", async () => {
  const real = new Deno.Command("true").spawn();
  await real.status;
  await stopProcess(real);
});
