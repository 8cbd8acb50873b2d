import assert from "node:assert/strict";
import { walkTree } from "../../../../lib/archive/host_tree.ts";
import { packStream } from "../../../../lib/archive/pack_stream.ts";
import { unpackTar } from "../../../../lib/archive/unpack.ts";

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-pack-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("packStream brings a tree over as it is, links as links", () =>
  inFolder(async (folder) => {
    const from = `${folder}/from`;
    const deep = `${from}/${"deep/".repeat(30)}`;
    await Deno.mkdir(deep, { recursive: true });
    await Deno.mkdir(`${from}/empty`);
    const big = crypto.getRandomValues(new Uint8Array(60_000));
    await Deno.writeFile(`${deep}/big`, new Uint8Array([...big, ...big, ...big]), { mode: 0o640 });
    await Deno.writeTextFile(`${from}/nothing`, "");
    await Deno.writeTextFile(`${from}/ünï.sh`, "true", { mode: 0o755 });
    await Deno.symlink("nothing", `${from}/link`);
    await Deno.mkdir(`${folder}/to`);

    const { top } = await unpackTar(packStream(walkTree(from, "tree")), `${folder}/to`, {});
    assert.deepEqual(top, ["tree"]);
    const to = `${folder}/to/tree`;
    const same = await Deno.readFile(`${to}/${"deep/".repeat(30)}big`);
    assert.deepEqual(same.subarray(60_000, 120_000), big);
    assert.equal(await Deno.readTextFile(`${to}/nothing`), "");
    assert.equal(await Deno.readLink(`${to}/link`), "nothing");
    assert.equal(((await Deno.stat(`${to}/ünï.sh`)).mode ?? 0) & 0o777, 0o755);
    assert.ok((await Deno.stat(`${to}/empty`)).isDirectory);
  }));

Deno.test("packStream fails for a file that is not as long as it was", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "12345");
    for (const size of [3, 9]) {
      const entries = async function* (): ReturnType<typeof walkTree> {
        await Promise.resolve();
        yield { kind: "file", name: "file", mode: 0o644, size, path };
      };
      const reading = new Response(packStream(entries())).bytes();
      await assert.rejects(reading, { code: "not-copied", message: /changed while it was read/ });
    }
  }));

Deno.test("packStream stops reading when nobody takes its bytes any more", () =>
  inFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.writeFile(path, new Uint8Array(1_000_000));
    let taken = 0;
    const endless = async function* (): ReturnType<typeof walkTree> {
      await Promise.resolve();
      while (true) {
        taken++;
        yield { kind: "file", name: `${taken}`, mode: 0o644, size: 1_000_000, path };
      }
    };
    const reader = packStream(endless()).getReader();
    for (let bytes = 0; bytes < 3_000_000;) bytes += (await reader.read()).value?.length ?? 0;
    await reader.cancel();
    assert.ok(taken < 10, `${taken}`);
  }));

Deno.test("walkTree refuses what is neither file, folder nor link", () =>
  inFolder(async (folder) => {
    const mkfifo = await new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).output();
    assert.equal(mkfifo.code, 0);
    await assert.rejects(Array.fromAsync(walkTree(folder, "x")), { code: "not-copied" });
  }));

Deno.test("walkTree says which path can't be read, and why", async () => {
  const walking = Array.fromAsync(walkTree("/no/such/file", "file"));
  await assert.rejects(walking, {
    code: "not-copied",
    message: /^Cannot read "\/no\/such\/file": /,
  });
});
