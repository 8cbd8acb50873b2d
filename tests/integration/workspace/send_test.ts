import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { BottleError } from "../../../lib/errors.ts";
import { sendWorkspace } from "../../../lib/workspace/send.ts";
import { makeHostileRepository } from "../../support/hostile_repository.ts";
import {
  makeRepository,
  realGitHost,
  repositoryAt,
  type TestRepository,
} from "../../support/repository.ts";
import { localGuest, workspacePlan } from "../../support/workspace.ts";

async function withHome(test: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.realPath(await Deno.makeTempDir());
  await Deno.mkdir(`${home}/guest`);
  try {
    await test(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Sends what HEAD of a repository is; the guest's repository. */
async function send(
  home: string,
  from: TestRepository,
  given: Parameters<typeof workspacePlan>[0] = {},
): Promise<TestRepository> {
  const guestFolder = `${home}/guest/workspace`;
  const base = await from.git("rev-parse", "HEAD");
  const workspace = workspacePlan({ folder: from.folder, base, guestFolder, ...given });
  await sendWorkspace(localGuest(`${home}/guest`), realGitHost, { workspace });
  return repositoryAt(guestFolder);
}

Deno.test("sendWorkspace makes a repository of the same commits, clean, with nothing else", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.write("src/a.txt", "a\n");
    await person.commit("First");
    await person.write("run.sh", "#!/bin/sh\n");
    await Deno.chmod(`${person.folder}/run.sh`, 0o755);
    await Deno.symlink("src/a.txt", `${person.folder}/link`);
    const base = await person.commit("Second");
    await person.git("branch", "other");
    await person.git("tag", "v1");
    await person.git("remote", "add", "origin", "https://example.com/x");
    await person.git("config", "user.name", "The person");
    await Deno.writeTextFile(`${person.folder}/.git/hooks/pre-commit`, "", { mode: 0o755 });
    await person.write("untracked.txt", "");
    await person.write("src/a.txt", "changed\n");

    const branch = "feat/ünï-#1";
    const { git, folder } = await send(home, person, { branch });
    equal(await git("rev-parse", "HEAD"), base);
    equal(await git("symbolic-ref", "HEAD"), `refs/heads/${branch}`);
    equal(await git("status", "--porcelain"), "");
    equal(await git("log", "--format=%s"), "Second\nFirst");
    equal(await git("for-each-ref", "--format=%(refname)"), `refs/heads/${branch}`);
    equal(await git("remote"), "");
    equal(await git("config", "user.name"), "reviewer");
    equal(await git("config", "user.email"), "reviewer@bot-bottle.invalid");
    equal(await Deno.readTextFile(`${folder}/src/a.txt`), "a\n");
    equal(await Deno.readLink(`${folder}/link`), "src/a.txt");
    ok(((await Deno.stat(`${folder}/run.sh`)).mode ?? 0) & 0o100);
    deepEqual((await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort(), [
      ".git",
      "link",
      "run.sh",
      "src",
    ]);
    const left = await Array.fromAsync(Deno.readDir(`${folder}/.git`));
    ok(!left.some(({ name }) => name === "hooks"), "no hooks, not even samples");
    await git("fsck", "--strict");
  });
});

Deno.test("sendWorkspace sets the remotes of the plan, and what the branch follows", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.commit("First");
    const { git } = await send(home, person, {
      branch: "feat/ünï-#1",
      remotes: [
        { name: "up", url: "https://h.example/a", repo: "a", merge: null },
        { name: "origin", url: "git@h.example:b.git", repo: "b", merge: "refs/heads/trunk" },
      ],
    });
    equal(await git("remote"), "origin\nup");
    equal(await git("remote", "get-url", "origin"), "git@h.example:b.git");
    equal(await git("remote", "get-url", "up"), "https://h.example/a");
    equal(await git("config", "push.autoSetupRemote"), "true");
    equal(await git("config", "branch.feat/ünï-#1.remote"), "origin");
    equal(await git("config", "branch.feat/ünï-#1.merge"), "refs/heads/trunk");
    equal(
      await git("config", "--get-all", "remote.origin.fetch"),
      "+refs/heads/*:refs/remotes/origin/*",
    );
  });
});

Deno.test("sendWorkspace keeps an author that the guest has already", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.commit("First");
    await Deno.writeTextFile(`${home}/guest/.gitconfig`, "[user]\n\tname = Of the image\n");
    const guest = await send(home, person);
    await rejects(guest.git("config", "--local", "user.name"));
    equal(await guest.git("config", "--local", "user.email"), "reviewer@bot-bottle.invalid");
  });
});

Deno.test("sendWorkspace starts nothing that the repository names", async () => {
  await withHome(async (home) => {
    const hostile = await makeHostileRepository(`${home}/person`, `${home}/canaries`);
    // The test's own git, too, is not to start anything.
    const base = await Deno.readTextFile(`${home}/person/.git/refs/heads/main`);
    const guestFolder = `${home}/guest/workspace`;
    const workspace = workspacePlan({ folder: hostile.folder, base: base.trim(), guestFolder });
    await sendWorkspace(localGuest(`${home}/guest`), realGitHost, { workspace });
    deepEqual(await hostile.ran(), []);
    equal(await repositoryAt(guestFolder).git("rev-parse", "HEAD"), base.trim());
  });
});

Deno.test("sendWorkspace takes shallow, SHA-256 and empty repositories, and a detached HEAD", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.commit("First");
    await person.write("a.txt", "a");
    await person.commit("Second");
    await person.git("clone", "--quiet", "--depth=1", `file://${person.folder}`, `${home}/shallow`);
    const shallow = await send(home, repositoryAt(`${home}/shallow`), { branch: null });
    equal(await shallow.git("rev-list", "--count", "HEAD"), "1");
    equal(await shallow.git("rev-parse", "--is-shallow-repository"), "true");
    await shallow.write("b.txt", "b");
    await shallow.commit("In the bottle");
    await shallow.git("fsck");

    const sha256 = await makeRepository(`${home}/sha256`, "--object-format=sha256");
    await sha256.write("a.txt", "a");
    const base = await sha256.commit("First");
    const guest = await send(home, sha256, { guestFolder: `${home}/guest/sha256` });
    equal(await repositoryAt(`${home}/guest/sha256`).git("rev-parse", "HEAD"), base);
    equal(guest.folder, `${home}/guest/workspace`);

    const empty = await makeRepository(`${home}/empty`);
    await empty.commit("Nothing");
    await send(home, empty, { guestFolder: `${home}/guest/empty`, guestBranch: "-odd/@x" });
    const made = repositoryAt(`${home}/guest/empty`);
    equal(await made.git("symbolic-ref", "HEAD"), "refs/heads/-odd/@x");
    equal(await made.git("status", "--porcelain"), "");
  });
});

Deno.test("sendWorkspace brings named files after the checkout, and counts every byte", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.write(".gitignore", ".env\ndata/\n");
    await person.commit("First");
    await person.write(".env", "A=1\n");
    await person.write("data/big", "x".repeat(100_000));
    await person.write("other", "stays");
    const seen: number[] = [];
    const guestFolder = `${home}/guest/workspace`;
    await sendWorkspace(localGuest(`${home}/guest`), realGitHost, {
      workspace: workspacePlan({
        folder: person.folder,
        base: await person.git("rev-parse", "HEAD"),
        include: [".env", "data"],
        guestFolder,
      }),
      onBytes: (bytes) => seen.push(bytes),
    });
    equal(await Deno.readTextFile(`${guestFolder}/.env`), "A=1\n");
    equal((await Deno.stat(`${guestFolder}/data/big`)).size, 100_000);
    await rejects(Deno.stat(`${guestFolder}/other`), Deno.errors.NotFound);
    equal(await repositoryAt(guestFolder).git("status", "--porcelain"), "");
    deepEqual(seen, seen.toSorted((a, b) => a - b));
    ok((seen.at(-1) ?? 0) > 100_000);
  });
});

Deno.test("sendWorkspace says why the guest did not take it, or the host could not give it", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.write("a.txt", "a");
    await person.commit("First");
    const fails = async (
      given: Parameters<typeof workspacePlan>[0],
      said: RegExp,
    ): Promise<void> => {
      await rejects(send(home, person, given), (error) => {
        ok(error instanceof BottleError, String(error));
        equal(error.code, "workspace-not-sent");
        match([error.message, ...error.details].join("\n"), said);
        return true;
      });
    };
    await Deno.mkdir(`${home}/guest/full`);
    await Deno.writeTextFile(`${home}/guest/full/x`, "");
    await fails({ guestFolder: `${home}/guest/full` }, /did not take.*\n.*not empty/);
    await fails({ base: "12".repeat(20) }, /is not in .* any more/);
    const blob = await person.git("rev-parse", "HEAD:a.txt");
    await Deno.remove(`${person.folder}/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`);
    await fails({}, /Cannot pack the commits/);
  });
});

Deno.test("sendWorkspace ends with the signal's reason, and both programs with it", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.commit("First");
    const controller = new AbortController();
    const guest = localGuest(`${home}/guest`);
    const stuck = {
      stream: (_argv: readonly string[], options?: { readonly signal?: AbortSignal }) => {
        queueMicrotask(() => controller.abort(new Error("enough")));
        return guest.stream(["sleep", "1000"], options);
      },
    };
    const workspace = workspacePlan({
      folder: person.folder,
      base: await person.git("rev-parse", "HEAD"),
    });
    await rejects(
      sendWorkspace(stuck, realGitHost, { workspace, signal: controller.signal }),
      /enough/,
    );
  });
});

Deno.test("sendWorkspace reads no further than the guest has taken", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.write("noise", crypto.getRandomValues(new Uint8Array(65_536)).toHex().repeat(20));
    await person.commit("First");
    let sent = 0;
    let taken = 0;
    let ahead = 0;
    const writable = new WritableStream<Uint8Array>({
      write: async (chunk) => {
        // The list of shallow commits, here an empty line, goes before the bundle and is not counted.
        ahead = Math.max(ahead, sent - taken);
        await new Promise((resolve) => setTimeout(resolve, 0));
        taken += chunk.length;
      },
    });
    const slow = {
      stream: () => ({
        readable: ReadableStream.from<Uint8Array>([]),
        writable,
        ended: Promise.resolve({ code: 0, stderr: "" }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    };
    const workspace = workspacePlan({
      folder: person.folder,
      base: await person.git("rev-parse", "HEAD"),
    });
    await sendWorkspace(slow, realGitHost, { workspace, onBytes: (bytes) => sent = bytes });
    ok(sent > 1_000_000);
    deepEqual([taken - sent, ahead <= 0], [1, true]);
  });
});

Deno.test("sendWorkspace believes no program that stopped reading and says that all went well", async () => {
  await withHome(async (home) => {
    const person = await makeRepository(`${home}/person`);
    await person.commit("First");
    const controller = new AbortController();
    let onWrite = (): void => {};
    const closed = {
      stream: () => ({
        readable: ReadableStream.from<Uint8Array>([]),
        writable: new WritableStream<Uint8Array>({
          write: () => {
            onWrite();
            throw new Error("Broken pipe");
          },
        }),
        ended: Promise.resolve({ code: 0, stderr: "" }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    };
    const workspace = workspacePlan({
      folder: person.folder,
      base: await person.git("rev-parse", "HEAD"),
    });
    await rejects(sendWorkspace(closed, realGitHost, { workspace }), /did not take the repository/);
    onWrite = () => controller.abort(new Error("enough"));
    await rejects(
      sendWorkspace(closed, realGitHost, { workspace, signal: controller.signal }),
      /enough/,
    );
  });
});
