import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../../lib/errors.ts";
import { checkIncludes, walkIncludes } from "../../../../lib/workspace/include.ts";

async function makeTree(): Promise<string> {
  const home = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${home}/top/data/nested/.git/hooks`, { recursive: true });
  await Deno.mkdir(`${home}/top/.git`);
  await Deno.writeTextFile(`${home}/top/.env`, "A=1\n");
  await Deno.writeTextFile(`${home}/top/.git/config`, "");
  await Deno.writeTextFile(`${home}/top/data/file`, "data");
  await Deno.writeTextFile(`${home}/top/data/nested/file`, "nested");
  await Deno.writeTextFile(`${home}/top/data/nested/.git/hooks/post-commit`, "evil");
  await Deno.writeTextFile(`${home}/outside`, "secret");
  await Deno.symlink(`${home}/outside`, `${home}/top/data/out`);
  await Deno.symlink(home, `${home}/top/up`);
  await Deno.symlink("data", `${home}/top/within`);
  return home;
}

Deno.test("checkIncludes gives paths from the top, each once, sorted", async () => {
  const home = await makeTree();
  const top = `${home}/top`;
  try {
    deepEqual(
      await checkIncludes(top, [`${top}/data/`, `${top}/.env`, `${top}/data/../.env`]),
      [".env", "data"],
    );
    deepEqual(await checkIncludes(top, [`${top}/within/file`]), ["data/file"]);
    deepEqual(await checkIncludes(top, []), []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("checkIncludes refuses what is not the workspace's, and links", async () => {
  const home = await makeTree();
  const top = `${home}/top`;
  const cases: [string, RegExp][] = [
    [top, /not in the work tree/],
    [`${home}/outside`, /not in the work tree/],
    [`${top}/../outside`, /not in the work tree/],
    ["/etc/passwd", /not in the work tree/],
    [`${top}/up/outside`, /not in the work tree/],
    [`${top}/.git`, /git's own/],
    [`${top}/.git/config`, /git's own/],
    [`${top}/.GIT/config`, /git's own/],
    [`${top}/data/nested/.git/hooks`, /git's own/],
    [`${top}/data/out`, /is a link/],
    [`${top}/up`, /is a link/],
    [`${top}/nope`, /no such file/],
    [`${top}/.env/below`, /no such file/],
  ];
  try {
    for (const [path, why] of cases) {
      await rejects(checkIncludes(top, [path]), (error) => {
        ok(error instanceof BottleError, path);
        equal(error.code, "workspace-include");
        match(error.message, why, path);
        return true;
      });
    }
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("walkIncludes follows no link, and leaves what is git's own in a folder", async () => {
  const home = await makeTree();
  try {
    const entries = await Array.fromAsync(walkIncludes(`${home}/top`, ["data", ".env"]));
    deepEqual(entries.map(({ kind, name }) => `${kind} ${name}`), [
      "file ./.env",
      "folder ./data",
      "file ./data/file",
      "folder ./data/nested",
      "file ./data/nested/file",
      "link ./data/out",
    ]);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("walkIncludes looks again: what has become a link since is refused", async () => {
  const home = await makeTree();
  try {
    await Deno.remove(`${home}/top/.env`);
    await Deno.symlink(`${home}/outside`, `${home}/top/.env`);
    await rejects(Array.fromAsync(walkIncludes(`${home}/top`, [".env"])), /is a link/);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
