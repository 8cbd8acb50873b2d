/** What a hostile agent puts into its workspace, brought out by the program itself: nothing runs on the host, nothing is written outside. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeHome } from "../e2e/cli/program.ts";
import { makeRepository } from "../support/repository.ts";

/** Writes an object as it is. Takes type; content on stdin. */
const RAW = 'raw() { git hash-object -t "$1" -w --stdin --literally; }';
/** Commits a tree unchecked, and puts HEAD there. */
const COMMIT =
  'put() { c=$(git commit-tree -p "$BASE" -m crafted "$1"); git update-ref HEAD "$c"; }';
/** `entry MODE NAME OBJECT`: a tree's entry, its name by printf. */
const ENTRY = 'entry() { printf "$1 $2\\0"; echo "$3" | perl -pe \'chomp; $_ = pack "H*", $_\'; }';

interface Attack {
  readonly name: string;
  /** For bash in the workspace, after the three functions above. */
  readonly script: string;
  /** What `fetch` says; absent: it brings the work. */
  readonly refusal?: RegExp;
}

const attacks: readonly Attack[] = [
  {
    name: "a folder .git with hooks",
    script: "b=$(echo x | raw blob); h=$(entry 100755 post-checkout $b | raw tree); " +
      "g=$(entry 40000 hooks $h | raw tree); put $(entry 40000 .git $g | raw tree)",
    refusal: /refused/,
  },
  {
    name: "a folder that is read as .git by HFS+",
    script: "b=$(echo x | raw blob); g=$(entry 100644 config $b | raw tree); " +
      "put $(entry 40000 '.g\\xe2\\x80\\x8cit' $g | raw tree)",
    refusal: /refused/,
  },
  {
    name: "a path that climbs",
    script:
      "b=$(echo x | raw blob); u=$(entry 100644 canary $b | raw tree); put $(entry 40000 .. $u | raw tree)",
    refusal: /refused/,
  },
  {
    name: "a link and a file below it, in two commits",
    script:
      "ln -s ../.. up; git add up; git commit -qm one; git rm -q up; mkdir up; echo x > up/canary; git add up; git commit -qm two",
    refusal: /"up" leads out of the tree/,
  },
  {
    name: "a submodule whose URL is an option",
    script:
      "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = --upload-pack=touch /tmp/canary;\\n' > .gitmodules; git add .gitmodules; git commit -qm x",
    refusal: /refused/,
  },
  {
    name: "a submodule whose URL is a program",
    script:
      "printf '[submodule \"x\"]\\n\\tpath = x\\n\\turl = ext::sh -c touch%% /tmp/canary\\n' > .gitmodules; " +
      "git update-index --add --cacheinfo 160000,$BASE,x; git add .gitmodules; git commit -qm x",
    refusal: /refused|--accept submodules/,
  },
  {
    name: "a tree that unfolds to a billion paths",
    script: "t=$(echo x | raw blob); t=$(entry 100644 f $t | raw tree); " +
      "for l in 1 2 3 4 5 6 7 8 9; do t=$(for n in 0 1 2 3 4 5 6 7 8 9; do entry 40000 d$n $t; done | raw tree); done; put $t",
    refusal: /too many files/,
  },
  {
    name: "a commit whose tree is missing",
    script:
      "t=$(echo x > f; git add f; git write-tree); put $t; git read-tree --empty; rm -f f a.txt .git/objects/$(echo $t | cut -c1-2)/$(echo $t | cut -c3-)",
    refusal: /can't be had|broke off|refused/,
  },
  {
    name: "a pack that is damaged",
    script:
      "head -c 100000 /dev/urandom > f; git add f; git commit -qm f; git repack -adq; p=$(ls .git/objects/pack/*.pack); chmod u+w $p; " +
      "printf 'XXXXXXXX' | dd of=$p bs=1 seek=50000 conv=notrunc status=none",
    refusal: /broke off|refused|can't be had/,
  },
  {
    name: "a hundred thousand refs",
    script:
      "echo x > f; git add f; git commit -qm f; h=$(git rev-parse HEAD); { echo '# pack-refs with: peeled fully-peeled sorted'; " +
      'for n in $(seq 100000 199999); do echo "$h refs/heads/r$n"; done; } > .git/packed-refs',
  },
  {
    name: "refs with odd names, grafts, replaced objects, alternates that lead elsewhere",
    script:
      "echo x > f; git add f; git commit -qm good; good=$(git rev-parse HEAD); echo evil > f; git commit -qam evil; evil=$(git rev-parse HEAD); " +
      'git update-ref HEAD $good; git update-ref refs/replace/$good $evil; mkdir -p .git/info .git/objects/info; echo "$good" > .git/info/grafts; ' +
      "printf '../../../../../../etc\\n' > .git/objects/info/alternates; mkdir -p .git/refs/heads/-x; echo $good > '.git/refs/heads/-x/--upload-pack=touch canary'",
  },
];

/** A git of the agent's own that hands out what nobody asked for. Only uid 0 could put it there: it is thought to be that. */
const FORGED_GIT = `#!/bin/bash
for word in "$@"; do
  if [ "$word" = bundle ]; then
    printf '# v2 git bundle\\n%s refs/heads/main\\n\\nPACK\\0\\0\\0\\2\\0\\0\\0\\0' "$(/usr/bin/git rev-parse HEAD)"
    exit
  fi
done
exec /usr/bin/git "$@"
`;

Deno.test("workspace: what a hostile agent commits runs nothing on the host and leaves its quarantine only if it is harmless", async (t) => {
  await using home = await makeHome();
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-redteam-" }));
  try {
    const person = await makeRepository(`${root}/work`);
    await person.write("a.txt", "one\n");
    const base = await person.commit("First");
    const slug = await home.startBottle("--workspace", person.folder);
    const inside = async (script: string): Promise<void> => {
      const { code, stderr } = await home.run("exec", slug, "--", "bash", "-c", script);
      equal(code, 0, stderr);
    };
    await inside("cp -r .git /tmp/first");
    const before = await person.git("for-each-ref");
    for (const { name, script, refusal } of attacks) {
      await t.step(name, async () => {
        await inside(
          `rm -rf .git && cp -r /tmp/first .git && git reset -q --hard && git clean -qfdx`,
        );
        await inside(`BASE=${base}; ${RAW}; ${ENTRY}; ${COMMIT}; set -e; ${script}`);
        const { code, stderr } = await home.run("fetch", slug, "--force");
        const diff = await home.run("diff", slug, "--stat");
        if (refusal === undefined) {
          equal(code, 0, stderr);
          equal(diff.code, 0, diff.stderr);
          await person.git("branch", "--quiet", "-D", `bot/${slug}`);
        } else {
          equal(code, 1, stderr);
          match(stderr, refusal);
        }
        equal(await person.git("for-each-ref"), before);
      });
    }
    await t.step("a git of the agent's own", async () => {
      await inside(
        "rm -rf .git && cp -r /tmp/first .git && git reset -q --hard && git commit -q --allow-empty -m x",
      );
      const { stderr } = await home.run("exec", slug, "--", "sh", "-c", "id -u");
      ok(stderr !== undefined);
      const { engine } = await import("../e2e/cli/program.ts");
      await engine.docker(
        [
          "exec",
          "--interactive",
          "--user",
          "0",
          `bot-bottle-${slug}-agent`,
          "sh",
          "-c",
          "cat > /usr/local/bin/git && chmod 755 /usr/local/bin/git",
        ],
        { stdin: FORGED_GIT },
      );
      const fetched = await home.run("fetch", slug, "--force");
      equal(fetched.code, 1, fetched.stderr);
      match(fetched.stderr, /other commits than were asked for/);
    });
    const names = (await Array.fromAsync(Deno.readDir(root))).map(({ name }) => name);
    deepEqual(names, ["work"]);
    await t.step("nothing was touched", async () => {
      equal(await person.git("status", "--porcelain", "--ignored"), "");
      equal(await person.git("for-each-ref"), before);
      for (const canary of ["/tmp/canary", `${root}/canary`, `${person.folder}/canary`]) {
        equal(await Deno.lstat(canary).then(() => true, () => false), false);
      }
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
