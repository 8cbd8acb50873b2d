import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  MAX_CONTEXT_BYTES,
  MAX_CONTEXT_ENTRIES,
  readContext,
} from "../../../../lib/image/context.ts";
import type { BuildContext } from "../../../../lib/image/types.ts";

const place = { file: "/b.md", line: 3, column: 5 };

/** A folder with these files; a text that begins with `-> ` is a link. */
async function withFolder(
  files: Readonly<Record<string, string>>,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name);
      await Deno.mkdir(join(path, ".."), { recursive: true });
      if (text.startsWith("-> ")) await Deno.symlink(text.slice(3), path);
      else await Deno.writeTextFile(path, text, { mode: 0o640 });
      if (!text.startsWith("-> ")) await Deno.chmod(path, 0o640);
    }
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const read = (folder: string): Promise<BuildContext> =>
  readContext({ folder, dockerfile: "Dockerfile", place });

Deno.test("readContext takes files with mode and content, folders, and links as links", () =>
  withFolder(
    { "Dockerfile": "FROM x", "b/a.txt": "abc", "b/out": "-> /etc/passwd" },
    async (folder) => {
      await Deno.chmod(join(folder, "b"), 0o750);
      const { entries, bytes } = await read(folder);
      equal(bytes, 9);
      deepEqual(entries.map((entry) => [entry.kind, entry.name]), [
        ["file", "Dockerfile"],
        ["folder", "b"],
        ["file", "b/a.txt"],
        ["link", "b/out"],
      ]);
      const [, , file, link] = entries;
      ok(file?.kind === "file" && link?.kind === "link");
      deepEqual([file.mode, new TextDecoder().decode(file.content)], [0o640, "abc"]);
      equal(link.to, "/etc/passwd");
      ok(entries[1]?.kind === "folder" && entries[1].mode === 0o750);
    },
  ));

Deno.test("readContext leaves out what .dockerignore says, but never the Dockerfile nor the file itself", () =>
  withFolder({
    "Dockerfile": "x",
    ".dockerignore": "*\n!keep\nkeep/no",
    "a": "x",
    "keep/yes": "x",
    "keep/no": "x",
    "deep/er": "x",
  }, async (folder) => {
    const names = (await read(folder)).entries.map(({ name }) => name);
    deepEqual(names, [".dockerignore", "Dockerfile", "keep", "keep/yes"]);
  }));

Deno.test("readContext never opens what is left out", () =>
  withFolder({ "Dockerfile": "x", ".dockerignore": "shut\n", "shut/a": "x" }, async (folder) => {
    const { code } = await new Deno.Command("mkfifo", { args: [join(folder, "shut/pipe")] })
      .output();
    equal(code, 0);
    equal((await read(folder)).entries.length, 2);
  }));

Deno.test("readContext gives way to the operator's CA", () =>
  withFolder(
    { "Dockerfile": "x", "extra-ca.pem": "mine", "b/extra-ca.pem": "x" },
    async (folder) => {
      const names = (await read(folder)).entries.map(({ name }) => name);
      deepEqual(names, ["Dockerfile", "b", "b/extra-ca.pem"]);
    },
  ));

Deno.test("readContext refuses what is too large, before it is read, at the place that names it", () =>
  withFolder({ "Dockerfile": "x" }, async (folder) => {
    const big = await Deno.open(join(folder, "big"), { write: true, create: true });
    await big.truncate(MAX_CONTEXT_BYTES);
    big.close();
    await rejects(read(folder), (error) => {
      ok(error instanceof Error && "code" in error && "place" in error && "hint" in error);
      deepEqual([error.code, error.place], ["context-too-large", place]);
      ok(error.message.endsWith("has more than 64 MiB"), error.message);
      ok(String(error.hint).includes(".dockerignore"));
      return true;
    });
    await Deno.writeTextFile(join(folder, ".dockerignore"), "big");
    equal((await read(folder)).entries.length, 2);
  }));

Deno.test("readContext counts files, folders and links", () =>
  withFolder({ "Dockerfile": "x" }, async (folder) => {
    const links = Array.from({ length: MAX_CONTEXT_ENTRIES }, (_, at) => join(folder, `l${at}`));
    for (const link of links) await Deno.symlink("x", link);
    await rejects(read(folder), { code: "context-too-large" });
    await Deno.remove(links[0] ?? "");
    equal((await read(folder)).entries.length, MAX_CONTEXT_ENTRIES);
  }));

Deno.test("readContext names what can't be taken", async () => {
  await withFolder({ "Dockerfile": "x" }, async (folder) => {
    await new Deno.Command("mkfifo", { args: [join(folder, "pipe")] }).output();
    await rejects(read(folder), {
      code: "context-unreadable",
      message: `"${join(folder, "pipe")}" in the build context is neither file, folder nor link`,
    });
  });
  await withFolder({ "Dockerfile": "x", ".dockerignore": "-> /etc/passwd" }, async (folder) => {
    await rejects(read(folder), { code: "context-unreadable" });
  });
  await withFolder({ "Dockerfile": "x", ".dockerignore": "[z-a]" }, async (folder) => {
    await rejects(read(folder), { code: "context-unreadable", message: /a pattern that is none$/ });
  });
  await rejects(read("/nowhere/at/all"), { code: "context-unreadable" });
});
