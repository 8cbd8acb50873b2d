/** Files into and out of a bottle. */

import { deepEqual, equal, rejects } from "node:assert/strict";
import type { SubjectFactory } from "./subject.ts";

/** Registers the tests. */
export function conformFiles(name: string, open: SubjectFactory): void {
  Deno.test(`${name}: files arrive with mode and owner, and come back safely`, async (t) => {
    await using subject = await open();
    const prompt = "#!/bin/bash\necho 'the prompt'\n";
    await using bottle = await subject.launch(await subject.prepare({ prompt }));
    const sh = async (script: string): Promise<string> =>
      (await bottle.exec(["bash", "-c", script])).stdout;
    const folder = await Deno.makeTempDir({ dir: subject.context.home });

    await t.step("the prompt's file is node's alone", async () => {
      equal(bottle.promptPath, bottle.plan.promptFile);
      equal(await sh(`stat -c '%a %U:%G' ${bottle.promptPath}`), "600 node:node\n");
      equal(await sh(`cat ${bottle.promptPath}`), prompt);
    });

    await t.step(
      "cpIn sets modes, makes folders that are missing, leaves others alone",
      async () => {
        const before = await sh("stat -c '%a %U' /home/node /usr/local /tmp");
        await bottle.cpIn([
          { path: "/home/node/a/b/run.sh", mode: 0o755, content: "echo hi\n" },
          { path: "/home/node/a/empty", mode: 0o700, folder: true },
          { path: "/home/node/bytes", mode: 0o640, content: new Uint8Array([0, 255, 10]) },
          { path: "/home/node/nothing", mode: 0o600, content: "" },
          { path: `/home/node/${"long".repeat(40)}/ünï`, mode: 0o644, content: "x" },
        ], "node");
        await bottle.cpIn([
          { path: "/usr/local/share/theirs", mode: 0o444, content: "root's" },
        ], "root");
        equal(
          await sh("cd; stat -c '%n %a %U %s' a a/b a/b/run.sh a/empty bytes nothing long*/*"),
          [
            "a 755 node 4096",
            "a/b 755 node 4096",
            "a/b/run.sh 755 node 8",
            "a/empty 700 node 4096",
            "bytes 640 node 3",
            "nothing 600 node 0",
            `${"long".repeat(40)}/ünï 644 node 1`,
            "",
          ].join("\n"),
        );
        equal(await sh("stat -c '%a %U' /usr/local/share/theirs"), "444 root\n");
        equal(await sh("stat -c '%a %U' /home/node /usr/local /tmp"), before);
      },
    );

    await t.step("cpIn says why it can't", async () => {
      const entry = { path: "/etc/not-nodes", mode: 0o644, content: "x" };
      await rejects(bottle.cpIn([entry], "node"), { code: "copy-failed" });
    });

    await t.step("cpOut brings a tree with modes and inner links", async () => {
      await sh(
        "mkdir -p tree/sub; echo one > tree/one; chmod 750 tree/one; ln -s sub/../one tree/link; echo x > tree/sub/x",
      );
      await bottle.cpOut("/home/node/tree", folder);
      equal(await Deno.readTextFile(`${folder}/tree/one`), "one\n");
      equal(((await Deno.stat(`${folder}/tree/one`)).mode ?? 0) & 0o7777, 0o750);
      equal(await Deno.readLink(`${folder}/tree/link`), "sub/../one");
      equal(await Deno.readTextFile(`${folder}/tree/sub/x`), "x\n");
    });

    await t.step("cpOut brings one file, and never replaces", async () => {
      await bottle.cpOut("/home/node/bytes", folder);
      deepEqual(await Deno.readFile(`${folder}/bytes`), new Uint8Array([0, 255, 10]));
      await rejects(bottle.cpOut("/home/node/bytes", folder), { code: "exists" });
    });

    await t.step("cpOut refuses links that lead out, devices and what isn't there", async () => {
      const hostile: readonly [script: string, code: string][] = [
        ["mkdir bad1; ln -s /etc/passwd bad1/x", "archive-unsafe"],
        ["mkdir -p bad2; ln -s ../../../../etc/passwd bad2/x", "archive-unsafe"],
        ["mkdir -p bad3/in; ln -s .. bad3/in/up; ln -s in/up/.. bad3/out", "archive-unsafe"],
        ["mkdir bad4; mkfifo bad4/pipe", "archive-unsafe"],
        ["true", "not-found"],
      ];
      for (const [index, [script, code]] of hostile.entries()) {
        await sh(script);
        await rejects(bottle.cpOut(`/home/node/bad${index + 1}`, folder), { code }, script);
      }
      const left = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name);
      deepEqual(left.sort(), ["bytes", "tree"]);
    });

    await t.step("cpOut takes absolute paths only", async () => {
      for (const path of ["tree", "/", "/home/node/../..", ""]) {
        await rejects(bottle.cpOut(path, folder), { code: "copy-path" }, path);
      }
    });
  });
}
