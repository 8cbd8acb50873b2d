import { deepEqual, equal, rejects } from "node:assert/strict";
import { packTar } from "../../../../lib/archive/pack.ts";
import { readTar } from "../../../../lib/archive/read_tar.ts";

function stream(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return ReadableStream.from([bytes]);
}

Deno.test("packTar writes names, modes and contents that come back", async () => {
  const long = `${"deep/".repeat(40)}ünï.txt`;
  const tar = await packTar([
    { name: "a.txt", mode: 0o600, content: "text" },
    { name: "folder", mode: 0o755, folder: true },
    { name: "empty", mode: 0o644, content: "" },
    { name: long, mode: 0o755, content: new Uint8Array([0, 255]) },
  ]);
  const found: unknown[] = [];
  for await (const member of readTar(stream(tar))) {
    const bytes = member.type === "file" ? await collect(member.content) : [];
    found.push([member.name, member.type, member.mode, ...bytes]);
  }
  deepEqual(found, [
    ["a.txt", "file", 0o600, 116, 101, 120, 116],
    ["folder", "directory", 0o755],
    ["empty", "file", 0o644],
    [long, "file", 0o755, 0, 255],
  ]);
});

Deno.test("packTar writes a link as a link, wherever it leads", async () => {
  const found: unknown[] = [];
  for await (const member of readTar(stream(await packTar([{ name: "a/l", linkTo: "../../x" }])))) {
    found.push([member.name, member.type, member.type === "symlink" ? member.linkName : null]);
  }
  deepEqual(found, [["a/l", "symlink", "../../x"]]);
});

Deno.test("packTar makes the same bytes of the same entries", async () => {
  const entries = [{ name: "a", mode: 0o644, content: "x" }] as const;
  const first = await packTar(entries);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  deepEqual(await packTar(entries), first);
});

Deno.test("packTar makes an archive of nothing", async () => {
  equal((await packTar([])).length, 1024);
});

Deno.test("packTar refuses names that lead out", async () => {
  for (const name of ["/abs", "a/../b", ".."]) {
    await rejects(packTar([{ name, mode: 0o644, content: "" }]), TypeError, name);
  }
});

async function collect(content: AsyncIterable<unknown>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of content) if (chunk instanceof Uint8Array) bytes.push(...chunk);
  return bytes;
}
