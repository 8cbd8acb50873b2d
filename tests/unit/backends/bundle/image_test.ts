import assert from "node:assert/strict";
import { bundleTag } from "../../../../backends/bundle/image.ts";
import { bundleScript, cacheFolder } from "../../../../backends/bundle/bundle_script.ts";
import { holdLock } from "../../../../backends/bundle/hold_lock.ts";
import { systemClock } from "../../../../lib/clock.ts";
import { fakeContext, fakeRun } from "../../../support/context.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("bundleTag changes with the Dockerfile, the hook and the script, and with nothing else", () => {
  const tag = bundleTag({ dockerfile: "FROM a", hook: "h", sidecarsJs: bytes("b") });
  assert.match(tag, /^bot-bottle-bundle:[0-9a-f]{12}$/);
  assert.equal(bundleTag({ dockerfile: "FROM a", hook: "h", sidecarsJs: bytes("b") }), tag);
  const others = [
    ["FROM ab", "h", ""],
    ["FROM ", "h", "ab"],
    ["FROM a", "", "hb"],
    ["FROM a", "i", "b"],
    ["FROM a", "h", "c"],
  ] as const;
  for (const [dockerfile, hook, script] of others) {
    assert.notEqual(bundleTag({ dockerfile, hook, sidecarsJs: bytes(script) }), tag);
  }
});

Deno.test("cacheFolder prefers the platform's variable, and takes no relative one", () => {
  const folder = (env: Record<string, string>): string =>
    cacheFolder(fakeContext({ env: (name) => env[name], home: "/b" }));
  assert.equal(folder({ XDG_CACHE_HOME: "/c", HOME: "/h" }), "/c/bot-bottle");
  assert.equal(folder({ XDG_CACHE_HOME: "c", HOME: "/h" }), "/h/.cache/bot-bottle");
  assert.equal(folder({}), "/b/cache");
});

/** A checkout with one source, and a bundler that writes what it is told. */
async function withCheckout(work: (root: URL, cache: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["lib", "sidecars/deep"]) {
      await Deno.mkdir(`${folder}/tree/${name}`, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/tree/deno.lock`, "{}");
    await Deno.writeTextFile(`${folder}/tree/sidecars/deep/a.ts`, "1");
    await work(new URL(`file://${folder}/tree/`), `${folder}/cache`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bundleScript bundles once for the same sources, and again when one changes", () =>
  withCheckout(async (root, cache) => {
    const run = fakeRun(async (argv) => {
      const into = argv[argv.indexOf("--output") + 1] ?? "";
      await Deno.writeTextFile(into, `bundle ${run.calls.length}`);
      return {};
    });
    const context = fakeContext({
      run,
      env: (name) => name === "XDG_CACHE_HOME" ? cache : undefined,
    });
    const script = async (): Promise<string> =>
      new TextDecoder().decode(await bundleScript(context, root));
    assert.equal(await script(), "bundle 1");
    assert.equal(await script(), "bundle 1");
    await Deno.writeTextFile(new URL("sidecars/deep/a.ts", root), "2");
    assert.equal(await script(), "bundle 2");
    await Deno.writeTextFile(new URL("deno.lock", root), "{ }");
    assert.equal(await script(), "bundle 3");
  }));

Deno.test("bundleScript keeps nothing of a bundler that failed, and shows its last lines", () =>
  withCheckout(async (root, cache) => {
    const stderr = bytes(Array.from({ length: 30 }, (_, n) => `line ${n}`).join("\n"));
    const context = fakeContext({
      run: fakeRun(() => ({ code: 1, stderr })),
      env: (name) => name === "XDG_CACHE_HOME" ? cache : undefined,
    });
    await assert.rejects(bundleScript(context, root), (error: { details: string[] }) => {
      assert.equal(error.details.length, 15);
      assert.equal(error.details.at(-1), "line 29");
      return true;
    });
    const left = await Array.fromAsync(Deno.readDir(`${cache}/bot-bottle/sidecars`));
    assert.deepEqual(left, []);
  }));

Deno.test("holdLock lets one in at a time, and stops waiting on the signal", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/deep/x.lock`;
  try {
    const first = await holdLock(path, systemClock);
    const abort = AbortSignal.timeout(150);
    await assert.rejects(holdLock(path, systemClock, abort), { name: "TimeoutError" });
    const second = holdLock(path, systemClock);
    await first[Symbol.asyncDispose]();
    await (await second)[Symbol.asyncDispose]();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
