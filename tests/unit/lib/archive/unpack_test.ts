import { deepEqual, equal, rejects } from "node:assert/strict";
import process from "node:process";
import { packTar } from "../../../../lib/archive/pack.ts";
import { type UnpackOptions, unpackTar } from "../../../../lib/archive/unpack.ts";
import { type Header, pack } from "../../../../lib/deps/tar_stream.ts";

/** A member as a hostile program may write it. */
type Raw = Partial<Header> & { readonly name: string; readonly content?: string };

async function tarOf(members: readonly Raw[]): Promise<Uint8Array> {
  const tar = pack();
  for (const { content = "", ...header } of members) {
    tar.entry(header, new TextEncoder().encode(content));
  }
  tar.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of tar) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return new Uint8Array(await new Blob(chunks.map((chunk) => chunk.slice())).arrayBuffer());
}

/** Unpacks into a folder of its own, in pieces of odd sizes; afterwards what lies there. */
async function unpack(
  tar: Uint8Array,
  options: UnpackOptions = {},
): Promise<{ names: string[]; root: string } & AsyncDisposable> {
  const outside = await Deno.makeTempDir({ prefix: "bot-bottle-unpack-" });
  const root = `${outside}/into`;
  await Deno.mkdir(root);
  const remove = (): Promise<void> => Deno.remove(outside, { recursive: true });
  try {
    const pieces = Array.from(
      { length: Math.ceil(tar.length / 700) },
      (_, i) => tar.slice(i * 700, (i + 1) * 700),
    );
    await unpackTar(ReadableStream.from(pieces), root, options);
    const names = await walk(root, "");
    deepEqual(await walk(outside, "", 1), ["into"]);
    return { names, root, [Symbol.asyncDispose]: remove };
  } catch (error) {
    // Whatever was refused, nothing lies beside the folder.
    deepEqual(await walk(outside, "", 1), ["into"]);
    await remove();
    throw error;
  }
}

async function walk(root: string, below: string, depth = 99): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(`${root}/${below}`)) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    names.push(name);
    if (entry.isDirectory && depth > 1) names.push(...await walk(root, name, depth - 1));
  }
  return names.sort();
}

Deno.test("unpackTar makes files, folders and inner links, without owners and set-id bits", async () => {
  const tar = await tarOf([
    { name: "./", type: "directory", mode: 0o777 },
    { name: "./top/", type: "directory", mode: 0o555 },
    { name: "./top/run", mode: 0o6755, uid: 4711, gid: 4711, content: "hi" },
    { name: "top/implied/deep/file", mode: 0o400, content: "x".repeat(5000) },
    { name: "top/link", type: "symlink", linkname: "implied/../run" },
    { name: "top/same", type: "link", linkname: "top/run" },
    { name: "top/empty", mode: 0o644 },
  ]);
  await using found = await unpack(tar);
  deepEqual(found.names, [
    "top",
    "top/empty",
    "top/implied",
    "top/implied/deep",
    "top/implied/deep/file",
    "top/link",
    "top/run",
    "top/same",
  ]);
  const mode = async (name: string): Promise<number> =>
    ((await Deno.stat(`${found.root}/${name}`)).mode ?? 0) & 0o7777;
  deepEqual(
    [
      await mode("top"),
      await mode("top/run"),
      await mode("top/implied"),
      await mode("top/implied/deep/file"),
    ],
    [0o755, 0o755, 0o755, 0o400],
  );
  equal(await Deno.readTextFile(`${found.root}/top/same`), "hi");
  equal(await Deno.readLink(`${found.root}/top/link`), "implied/../run");
  equal((await Deno.stat(`${found.root}/top/implied/deep/file`)).size, 5000);
});

const hostile: readonly [what: string, members: readonly Raw[]][] = [
  ["an absolute name", [{ name: "/etc/x" }]],
  ["a name with ..", [{ name: "a/../../x" }]],
  ["a name that is ..", [{ name: ".." }]],
  ["a file that is the folder itself", [{ name: "." }]],
  ["a name longer than a path", [{ name: `${"x".repeat(200)}/`.repeat(25) + "x" }]],
  ["a character device", [{ name: "a/null", type: "character-device", devmajor: 1, devminor: 3 }]],
  ["a block device", [{ name: "a/disk", type: "block-device", devmajor: 8, devminor: 0 }]],
  ["a pipe", [{ name: "a/pipe", type: "fifo" }]],
  ["a contiguous file", [{ name: "a/odd", type: "contiguous-file", content: "x" }]],
  ["an absolute link", [{ name: "a/l", type: "symlink", linkname: "/etc/passwd" }]],
  ["a link that climbs", [{ name: "a/l", type: "symlink", linkname: "../../x" }]],
  ["a link to a neighbour of its top", [{ name: "a/l", type: "symlink", linkname: "../b" }]],
  ["a link at the top", [{ name: "l", type: "symlink", linkname: "x" }]],
  ["links that climb together", [
    { name: "a/b/up", type: "symlink", linkname: ".." },
    { name: "a/out", type: "symlink", linkname: "b/up/.." },
  ]],
  ["a file through a link", [
    { name: "a/l", type: "symlink", linkname: "b" },
    { name: "a/l/x", content: "x" },
  ]],
  ["a file over a link", [
    { name: "a/l", type: "symlink", linkname: "b" },
    { name: "a/l", content: "x" },
  ]],
  ["a link over a folder", [
    { name: "a/d/", type: "directory" },
    { name: "a/d", type: "symlink", linkname: "b" },
  ]],
  ["a folder over a file", [{ name: "a/f", content: "x" }, { name: "a/f/", type: "directory" }]],
  ["a file under a file", [{ name: "a/f", content: "x" }, { name: "a/f/g", content: "x" }]],
  ["a file twice", [{ name: "a/f", content: "x" }, { name: "./a//f", content: "y" }]],
  ["a hard link to what is outside", [{ name: "a/h", type: "link", linkname: "../../etc/passwd" }]],
  ["a hard link to an absolute name", [{ name: "a/h", type: "link", linkname: "/etc/passwd" }]],
  ["a hard link to what isn't there", [{ name: "a/h", type: "link", linkname: "a/f" }]],
  ["a hard link to a link", [
    { name: "a/l", type: "symlink", linkname: "f" },
    { name: "a/h", type: "link", linkname: "a/l" },
  ]],
  ["a hard link into another top", [
    { name: "b/f", content: "x" },
    { name: "a/h", type: "link", linkname: "b/f" },
  ]],
];

for (const [what, members] of hostile) {
  Deno.test(`unpackTar refuses ${what}`, async () => {
    await rejects(unpack(await tarOf(members)), { code: "archive-unsafe" });
  });
}

Deno.test("unpackTar takes a folder that comes twice", async () => {
  const folder = { name: "a/d/", type: "directory", mode: 0o755 } as const;
  await using found = await unpack(await tarOf([folder, folder]));
  deepEqual(found.names, ["a", "a/d"]);
});

Deno.test("unpackTar bounds the count and the size", async () => {
  const many = Array.from({ length: 11 }, (_, i) => ({ name: `a/${i}`, content: "12345678" }));
  const limits = { entries: 10, bytes: 1000 };
  await rejects(unpack(await tarOf(many), { limits }), /more than 10 entries/);
  await using _fits = await unpack(await tarOf(many.slice(1)), { limits });
  await rejects(
    unpack(await tarOf(many), { limits: { entries: 100, bytes: 80 } }),
    /more than 80 bytes/,
  );
  // Folders that names only imply, and the same folder over and over.
  const deep = [{ name: `${"d/".repeat(60)}f` }];
  await rejects(unpack(await tarOf(deep), { limits }), /more than 10 entries/);
  const same = Array.from({ length: 11 }, () => ({ name: "a/", type: "directory" as const }));
  await rejects(unpack(await tarOf(same), { limits }), /more than 10 entries/);
});

Deno.test("unpackTar tells a damaged archive, and one that is cut off", async () => {
  const tar = await tarOf([{ name: "a/f", content: "x".repeat(3000) }]);
  const damaged = tar.slice();
  damaged.set([1, 2, 3], 100);
  await rejects(unpack(damaged), { code: "archive-broken" });
  await rejects(unpack(tar.slice(0, 1500)), { code: "archive-broken" });
  await rejects(unpack(new TextEncoder().encode("no archive at all ".repeat(100))), {
    code: "archive-broken",
  });
});

Deno.test("unpackTar ends with the signal's reason", async () => {
  const reason = new Error("enough");
  const tar = await tarOf([{ name: "a/f", content: "x" }]);
  await rejects(unpack(tar, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  const controller = new AbortController();
  const endless = new ReadableStream<Uint8Array>({
    start: (c): void => c.enqueue(tar.slice(0, 512)),
  });
  const folder = await Deno.makeTempDir();
  const pending = unpackTar(endless, folder, { signal: controller.signal });
  setTimeout(() => controller.abort(reason), 20);
  await rejects(pending, (error) => error === reason);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("unpackTar takes a big file without piling up listeners", async () => {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-unpack-" });
  const warnings: unknown[] = [];
  const warn = (warning: Error): unknown => warnings.push(warning.message);
  process.on("warning", warn);
  try {
    const tar = await packTar([{ name: "big", mode: 0o644, content: new Uint8Array(3_000_000) }]);
    const chunks = Array.from(
      { length: Math.ceil(tar.length / 65_536) },
      (_, index) => tar.subarray(index * 65_536, (index + 1) * 65_536),
    );
    await unpackTar(ReadableStream.from(chunks), folder);
    await new Promise((resolve) => setTimeout(resolve));
    deepEqual(warnings, []);
  } finally {
    process.off("warning", warn);
    await Deno.remove(folder, { recursive: true });
  }
});
