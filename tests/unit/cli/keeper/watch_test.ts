import assert from "node:assert/strict";
import { watchBottle } from "../../../../cli/keeper/watch.ts";
import type { ControlClient } from "../../../../lib/control/client.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { parseSlug } from "../../../../lib/names.ts";
import type { Clock } from "../../../../lib/context.ts";

const slug = parseSlug("demo-ab12c");

/** What the engine says, call by call; the last word stays. */
type Word = boolean | Error;

interface Watched {
  readonly streams: string[];
  readonly log: string[];
  readonly slept: number[];
  readonly ended: Promise<void>;
  /** Ends the stream that is open. */
  cut(): void;
  readonly stop: AbortController;
}

function watch(up: Word[], options: { control?: Word; remembered?: () => boolean } = {}): Watched {
  const streams: string[] = [];
  const log: string[] = [];
  const slept: number[] = [];
  const stop = new AbortController();
  let closed = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => new Date(0),
    // A pause is over at once; the long look at a stream that is open lasts until it is cut.
    sleep: (ms, signal) => {
      slept.push(ms);
      if (ms < 60_000) return Promise.resolve();
      return new Promise((_, reject) =>
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
      );
    },
  };
  const control = (): Promise<ControlClient> => {
    if (options.control instanceof Error) return Promise.reject(options.control);
    closed = Promise.withResolvers<void>();
    const client = {
      call: () => Promise.resolve({}),
      closed: closed.promise,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return Promise.resolve(client as unknown as ControlClient);
  };
  const ended = watchBottle({
    backend: {
      isUp: () => {
        const word = up.length > 1 ? up.shift() : up[0];
        return word instanceof Error ? Promise.reject(word) : Promise.resolve(word ?? false);
      },
      control,
    },
    slug,
    clock,
    signal: stop.signal,
    onStream: (stream) => {
      streams.push(stream);
      if (stream === "up") queueMicrotask(() => closed.resolve());
    },
    onLog: (line) => void log.push(line),
    isRemembered: () => Promise.resolve(options.remembered?.() ?? true),
  });
  return { streams, log, slept, ended, cut: () => closed.resolve(), stop };
}

Deno.test("watchBottle ends when the bottle does not run, after it has looked twice", async () => {
  const { ended, slept, streams } = watch([false]);
  await ended;
  assert.deepEqual([slept, streams], [[3_000], []]);
});

Deno.test("watchBottle goes on through a restart of the containers and of the stream", async () => {
  const { ended, streams } = watch([true, false, true, false, false]);
  await ended;
  assert.deepEqual(streams, ["up", "down", "up", "down"]);
});

Deno.test("watchBottle waits for an engine that is away, longer each time, and finds the bottle again", async () => {
  const away = new BottleError("Cannot reach Docker", { code: "docker-unreachable" });
  const { ended, slept, streams, log } = watch([away, away, away, true, false, false]);
  await ended;
  assert.deepEqual(slept.slice(0, 3), [1_000, 2_000, 4_000]);
  assert.deepEqual(streams, ["up", "down"]);
  assert.equal(log.filter((line) => line === "Cannot reach Docker").length, 3);
});

Deno.test("watchBottle never waits longer than a minute", async () => {
  let left = 20;
  const away = new BottleError("Cannot reach Docker", { code: "docker-unreachable" });
  const watched = watch([away], { remembered: () => left-- > 0 });
  // The clock of this test takes a minute for a look at an open stream: it ends by the signal.
  const stopping = watched.ended.catch(() => "stopped");
  while (watched.slept.at(-1) !== 60_000) await Promise.resolve();
  watched.stop.abort(new Error("enough"));
  assert.equal(await stopping, "stopped");
  assert.ok(Math.max(...watched.slept) === 60_000);
});

Deno.test("watchBottle tries again where the bundle does not answer", async () => {
  let left = 3;
  const lost = new BottleError("The control stream ended", { code: "control-lost" });
  const { ended, streams } = watch([true], { control: lost, remembered: () => left-- > 0 });
  await ended;
  assert.deepEqual(streams, []);
});

Deno.test("watchBottle ends with the folder of a bottle that nobody remembers", async () => {
  const { ended, streams } = watch([true], { remembered: () => false });
  await ended;
  assert.deepEqual(streams, []);
});

Deno.test("watchBottle rejects by its signal", async () => {
  const { ended, stop } = watch([new Error("away")]);
  const rejected = assert.rejects(ended, /enough/);
  stop.abort(new Error("enough"));
  await rejected;
});
