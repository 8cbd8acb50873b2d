import { deepEqual, equal } from "node:assert/strict";
import {
  ensureOuterNetwork,
  type OuterNetworkOptions,
  removeUnusedOuterNetwork,
} from "../../../../backends/docker/outer_network.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { homeId } from "../../../../lib/names.ts";
import { fakeContext, type FakeProgram, fakeRun } from "../../../support/context.ts";

const HOME = homeId("/home");
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A lock of the test's own. */
async function withLock<T>(use: (options: OuterNetworkOptions) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    const { clock } = fakeContext();
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, ms / 10));
    return await use({ home: HOME, folder, clock: { ...clock, sleep } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ensureOuterNetwork takes the one there is", async () => {
  const run = fakeRun(() => ({ stdout: encode("abc\n") }));
  equal(await withLock((options) => ensureOuterNetwork(createEngine({ run }), options)), "abc");
  deepEqual(run.calls, [[
    ...["docker", "network", "ls", "--no-trunc", "--quiet"],
    ...["--filter", `label=bot-bottle.home=${HOME}`, "--filter", "label=bot-bottle.role=outer"],
  ]]);
});

Deno.test("ensureOuterNetwork makes one whose bundles can't see each other", async () => {
  const run = fakeRun((argv) => argv[2] === "create" ? { stdout: encode("new\n") } : {});
  equal(await withLock((options) => ensureOuterNetwork(createEngine({ run }), options)), "new");
  deepEqual(run.calls.at(-1), [
    ...["docker", "network", "create", "--driver", "bridge", "--ipv6=false"],
    ...["--opt", "com.docker.network.bridge.enable_icc=false"],
    ...["--label", `bot-bottle.home=${HOME}`, "--label", "bot-bottle.role=outer"],
    ...["--label", "bot-bottle.version=0.1.0", `bot-bottle-${HOME}-outer`],
  ]);
});

Deno.test("ensureOuterNetwork makes one only, however many ask at once", async () => {
  let made = 0;
  const program: FakeProgram = async (argv) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (argv[2] === "create") return { stdout: encode(`id${++made}`) };
    return { stdout: encode(made === 0 ? "" : "id1\n") };
  };
  const engine = createEngine({ run: fakeRun(program) });
  const ids = await withLock((options) =>
    Promise.all([1, 2, 3, 4].map(() => ensureOuterNetwork(engine, options)))
  );
  deepEqual(ids, ["id1", "id1", "id1", "id1"]);
  equal(made, 1);
});

Deno.test("removeUnusedOuterNetwork removes it only when no bottle is left, kept ones included", async () => {
  const cases: readonly [containers: string, networks: string, removed: boolean][] = [
    ["", "n1\n", true],
    ["c1\n", "n1\n", false],
    ["", "", false],
  ];
  for (const [containers, networks, removed] of cases) {
    const run = fakeRun((argv) => ({ stdout: encode(argv[1] === "ps" ? containers : networks) }));
    await withLock((options) => removeUnusedOuterNetwork(createEngine({ run }), options));
    const wanted = removed ? [["docker", "network", "rm", "n1"]] : [];
    deepEqual(run.calls.filter((argv) => argv[2] === "rm"), wanted);
  }
});
