import { equal } from "node:assert/strict";
import { leadsInside } from "../../../../lib/archive/link_target.ts";
import { fc } from "../../../../lib/deps/fast_check.ts";

const cases: readonly [link: string, target: string, inside: boolean][] = [
  ["top/a", "b", true],
  ["top/a", "./b/c", true],
  ["top/sub/a", "../b", true],
  ["top/sub/a", "../../top/b", false],
  ["top/a", "..", false],
  ["top/a", "../top", false],
  ["top/a", "/etc/passwd", false],
  ["top/a", "", false],
  ["top/a", "x\0", false],
  ["top/sub/deep/a", "../..", true],
  ["top/sub/deep/a", "../../..", false],
  ["top/a", "missing/../b", true],
  ["a", "b", false],
  ["a", "a", false],
];

Deno.test("leadsInside tells links that stay in their top-level entry from others", () => {
  for (const [link, target, inside] of cases) {
    const links = new Map([[link, target]]);
    equal(leadsInside(link.split("/"), target, links), inside, `${link} -> ${target}`);
  }
});

Deno.test("leadsInside follows other links, as the kernel will", () => {
  const chains: readonly [links: Record<string, string>, link: string, inside: boolean][] = [
    // Only as text is this inside: `up` is the top, so `up/..` is above it.
    [{ "top/a/up": "..", "top/b": "a/up/.." }, "top/b", false],
    [{ "top/a/up": "..", "top/b": "a/up/a" }, "top/b", true],
    [{ "top/a": "b", "top/b": "../.." }, "top/a", false],
    [{ "top/a": "/", "top/b": "a/etc" }, "top/b", false],
    [{ "top/a": "b", "top/b": "a" }, "top/a", false],
    [{ "top/a": "a" }, "top/a", false],
    [{ "top/x/y": "../z", "top/q": "x/y/w" }, "top/q", true],
  ];
  for (const [links, link, inside] of chains) {
    const map = new Map(Object.entries(links));
    equal(leadsInside(link.split("/"), map.get(link) ?? "", map), inside, JSON.stringify(links));
  }
});

Deno.test("leadsInside holds against the kernel's own resolution", async () => {
  const name = fc.constantFrom("a", "b", "c");
  const target = fc.array(fc.constantFrom("a", "b", "c", "..", "."), {
    minLength: 1,
    maxLength: 6,
  });
  const link = fc.tuple(fc.array(name, { maxLength: 2 }), name, target);
  await fc.assert(
    fc.asyncProperty(fc.array(link, { minLength: 1, maxLength: 4 }), async (specs) => {
      const root = await Deno.realPath(await Deno.makeTempDir());
      try {
        const links = new Map<string, string>();
        const top = `${root}/out/top`;
        await Deno.mkdir(top, { recursive: true });
        for (const [folder, leaf, parts] of specs) {
          const path = ["top", ...folder, leaf].join("/");
          const blocked = [...links.keys()].some((other) => `${path}/`.startsWith(`${other}/`));
          if (blocked || await exists(`${root}/out/${path}`)) continue;
          await Deno.mkdir(`${root}/out/${path.slice(0, path.lastIndexOf("/"))}`, {
            recursive: true,
          });
          await Deno.symlink(parts.join("/"), `${root}/out/${path}`);
          links.set(path, parts.join("/"));
        }
        for (const [path, to] of links) {
          if (!leadsInside(path.split("/"), to, links)) continue;
          const real = await Deno.realPath(`${root}/out/${path}`).catch(() => top);
          equal(real === top || real.startsWith(`${top}/`), true, `${path} -> ${to}: ${real}`);
        }
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
