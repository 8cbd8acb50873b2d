/** Clone and fetch through the real gate, from a real sshd: what the upstream has, however it is asked for. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Ended } from "../../support/git/container.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";

/** Of a repository in the client: refs of the remote, HEAD's branch, and what git finds wrong. */
async function seen(stage: GitStage, folder: string): Promise<Readonly<Record<string, string>>> {
  const { client } = stage;
  const format = "--format=%(refname) %(objectname)";
  const refs = await client.git(["-C", folder, "for-each-ref", format]);
  const fsck = await client.git(["-C", folder, "fsck", "--full", "--connectivity-only"]);
  const head = await client.git(["-C", folder, "symbolic-ref", "-q", "HEAD"]).catch(() =>
    "detached"
  );
  return { refs, head, fsck };
}

async function good(ended: Promise<Ended>): Promise<Ended> {
  const { code, stderr } = await ended;
  equal(code, 0, stderr);
  return await ended;
}

const ADA = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"] as const;

Deno.test("what is fetched through the gate", async (t) => {
  await using stage = await openGitStage({
    repos: { widget: {}, empty: { head: "trunk" }, many: {} },
  });
  const { client, sshd } = stage;
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "README.md": "# widget\n", "src/a.txt": "a\n" });
  await upstream.commit("main", { "README.md": "# widget 2\n" });
  const third = await upstream.commit("main", { "src/b.txt": "b\n" });
  await upstream.commit("topic/x", { "x.txt": "x\n" });
  await upstream.git(...ADA, "tag", "-a", "-m", "one", "v1", "main");
  const run = (...args: readonly string[]): Promise<Ended> => good(client.run(args));

  await t.step("a mirror of everything, with HEAD", async () => {
    await run("clone", "--mirror", upstream.url, "mirror");
    const here = await client.git([
      "-C",
      "mirror",
      "for-each-ref",
      "--format=%(refname) %(objectname)",
    ]);
    const there = await upstream.git("for-each-ref", "--format=%(refname) %(objectname)");
    equal(here, there);
    equal(await client.git(["-C", "mirror", "symbolic-ref", "HEAD"]), "refs/heads/main");
  });

  for (const version of ["0", "1", "2"]) {
    await t.step(`protocol version ${version}`, async () => {
      await run("-c", `protocol.version=${version}`, "clone", upstream.url, `v${version}`);
      const { fsck, head } = await seen(stage, `v${version}`);
      equal(fsck, "");
      equal(head, "refs/heads/main");
    });
    await t.step(
      `a partial clone by protocol version ${version} gets blobs when it needs them`,
      async () => {
        const folder = `partial${version}`;
        await run(
          "-c",
          `protocol.version=${version}`,
          "clone",
          "--no-checkout",
          "--filter=blob:none",
          upstream.url,
          folder,
        );
        await run("-C", folder, "config", "protocol.version", version);
        const missing = await client.git([
          "-C",
          folder,
          "rev-list",
          "--objects",
          "--missing=print",
          "HEAD",
        ]);
        match(missing, /^\?/m);
        await run("-C", folder, "checkout", "-q", "main");
        equal(await client.git(["-C", folder, "show", "HEAD~2:README.md"]), "# widget");
      },
    );
  }

  await t.step("shallow clones, deepened and made whole", async () => {
    const count = (): Promise<string> =>
      client.git(["-C", "shallow", "rev-list", "--count", "HEAD"]);
    await run("clone", "--depth=1", upstream.url, "shallow");
    equal(await count(), "1");
    await run("-C", "shallow", "fetch", "-q", "--deepen=1");
    equal(await count(), "2");
    await run("-C", "shallow", "fetch", "-q", "--unshallow");
    equal(await count(), "3");
  });

  await t.step(
    "what changes upstream: a branch more, one less, one forced, a moved tag",
    async () => {
      await run("clone", "-q", upstream.url, "work");
      await upstream.commit("new", { "n.txt": "n\n" });
      await upstream.git("update-ref", "-d", "refs/heads/topic/x");
      // Where a folder of refs was there is a ref now.
      await upstream.commit("topic", { "t.txt": "t\n" });
      await upstream.git("update-ref", "refs/heads/main", `${third}~1`);
      await upstream.git(...ADA, "tag", "-f", "-a", "-m", "two", "v1", "new");
      await run("-C", "work", "fetch", "-q", "--prune", "--tags", "--force");
      const here = await client.git([
        "-C",
        "work",
        "for-each-ref",
        "--format=%(refname:lstrip=3) %(objectname)",
        "refs/remotes/origin",
      ]);
      const there = await upstream.git(
        "for-each-ref",
        "--format=%(refname:lstrip=2) %(objectname)",
        "refs/heads",
      );
      deepEqual(here.split("\n").filter((line) => !line.startsWith("HEAD")), there.split("\n"));
      equal(
        await client.git(["-C", "work", "rev-parse", "v1"]),
        await upstream.git("rev-parse", "v1"),
      );
    },
  );

  await t.step("HEAD on another branch, and on none", async () => {
    await upstream.git("symbolic-ref", "HEAD", "refs/heads/new");
    await run("clone", "-q", upstream.url, "other-head");
    equal((await seen(stage, "other-head")).head, "refs/heads/new");
    await upstream.git("update-ref", "--no-deref", "HEAD", third);
    await run("clone", "-q", upstream.url, "detached");
    equal((await seen(stage, "detached")).head, "detached");
    equal(await client.git(["-C", "detached", "rev-parse", "HEAD"]), third);
    await upstream.git("symbolic-ref", "HEAD", "refs/heads/main");
    equal(
      await client.git(["ls-remote", "--symref", upstream.url, "HEAD"]),
      `ref: refs/heads/main\tHEAD\n${await upstream.git("rev-parse", "main")}\tHEAD`,
    );
  });

  await t.step("an empty repository, then its first branch", async () => {
    const empty = stage.repo("empty");
    await run("clone", empty.url, "empty");
    equal(await client.git(["-C", "empty", "symbolic-ref", "HEAD"]), "refs/heads/trunk");
    await empty.commit("trunk", { "a.txt": "a\n" });
    await run("-C", "empty", "pull", "-q");
    equal(await client.git(["-C", "empty", "show", "HEAD:a.txt"]), "a");
  });

  await t.step("so many refs that the request is packed, or comes in chunks", async () => {
    const many = stage.repo("many");
    const first = await many.commit("main", { "a.txt": "a\n" });
    const lines = Array.from(
      { length: 3_000 },
      (_, at) =>
        `commit refs/heads/b/${at}\ncommitter Ada <ada@example.com> 1767323045 +0000\ndata 2\n${
          at % 10
        }\nfrom ${first}\nM 644 inline b\ndata ${`${at}`.length}\n${at}\n`,
    );
    await many.feed(`${lines.join("\n")}\n`, "fast-import", "--quiet");
    await run("clone", "-q", many.url, "many");
    await run(
      "-c",
      "http.postBuffer=70000",
      "-c",
      "core.compression=0",
      "clone",
      "-q",
      "--mirror",
      many.url,
      "many-chunked",
    );
    equal(
      await client.git(["-C", "many-chunked", "for-each-ref", "--format=%(refname)"]),
      await many.git("for-each-ref", "--format=%(refname)"),
    );
  });

  await t.step("many at once, with few looks at the upstream", async () => {
    await upstream.commit("main", { "once.txt": "once\n" });
    const before = (await sshd.commands()).length;
    const all = await Promise.all(
      Array.from(
        { length: 10 },
        (_, at) => client.run(["clone", "-q", upstream.url, `at-once-${at}`]),
      ),
    );
    deepEqual(
      all.map(({ code }) => code),
      Array.from({ length: 10 }, () => 0),
      all.map(({ stderr }) => stderr).join(),
    );
    // Each of them looked after it was asked for: at worst one after the other, and each with a fetch.
    ok(
      (await sshd.commands()).length - before <= 8,
      (await sshd.commands()).slice(before).join("\n"),
    );
  });
});
