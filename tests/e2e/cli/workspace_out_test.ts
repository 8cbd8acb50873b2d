import assert from "node:assert/strict";
import { makeRepository, repositoryAt, type TestRepository } from "../../support/repository.ts";
import { makeHome, type TestHome } from "./program.ts";

/** What the agent does in its first session: edits, tests, commits, and leaves something uncommitted. */
const WORK = `set -e
printf 'export const add = (a, b) => a + b;\\n' > add.mjs
printf 'import { add } from "./add.mjs";\\nif (add(2, 2) !== 4) throw new Error("wrong");\\n' > add_test.mjs
node add_test.mjs
git add --all
git commit --quiet --message 'Add'
printf 'half done\\n' > notes.txt
head -c 2000 /dev/urandom > random.bin
`;

interface Stage extends AsyncDisposable {
  readonly home: TestHome;
  readonly person: TestRepository;
  readonly base: string;
}

async function makeStage(): Promise<Stage> {
  await using undo = new AsyncDisposableStack();
  const home = undo.use(await makeHome());
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-e2e-person-" }));
  undo.defer(() => Deno.remove(root, { recursive: true }));
  const person = await makeRepository(`${root}/calc`);
  await person.write("add.mjs", "export const add = (a, b) => a - b;\n");
  const base = await person.commit("First");
  const moved = undo.move();
  return { home, person, base, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

Deno.test("A session with a workspace: the agent edits, tests and commits; diff, fetch, review, merge", async () => {
  await using stage = await makeStage();
  const { home, person, base } = stage;
  const ended = await home.run("run", "demo", "--workspace", person.folder, "--prompt", WORK);
  assert.equal(ended.code, 0, ended.stderr);
  const slug = /bot-bottle fetch (demo-[a-z0-9]{5})/.exec(ended.stderr)?.[1] ?? "";
  assert.match(ended.stderr, /is kept/);
  assert.notEqual(slug, "", ended.stderr);

  // The bottle is stopped: what was saved at its end is what there is.
  const stat = await home.run("diff", slug, "--stat");
  assert.equal(stat.code, 0, stat.stderr);
  assert.match(stat.stdout, /add\.mjs +\| +2 \+-/);
  assert.match(stat.stdout, /random\.bin +\| +Bin/);
  const json = JSON.parse((await home.run("diff", slug, "--json")).stdout);
  assert.deepEqual(json.files.map((file: { path: string }) => file.path), [
    "add.mjs",
    "add_test.mjs",
    "notes.txt",
    "random.bin",
  ]);
  assert.deepEqual(json.commits.map((commit: { subject: string }) => commit.subject), ["Add"]);

  const fetched = await home.run("fetch", slug);
  assert.equal(fetched.code, 0, fetched.stderr);
  assert.match(fetched.stderr, new RegExp(`Merge:  git merge bot/${slug}`));
  assert.match(fetched.stderr, /--uncommitted \| git apply/);
  assert.equal(await person.git("log", "--format=%s", `${base}..bot/${slug}`), "Add");
  assert.equal(await person.git("status", "--porcelain"), "");
  await person.git("merge", "--quiet", `bot/${slug}`);
  assert.match(await Deno.readTextFile(`${person.folder}/add.mjs`), /a \+ b/);

  // What was not committed comes as a patch, binary files too.
  const patch = await home.run("diff", slug, "--uncommitted");
  await Deno.writeTextFile(`${person.folder}/../work.patch`, patch.stdout);
  await person.git("apply", "../work.patch");
  assert.equal((await Deno.stat(`${person.folder}/random.bin`)).size, 2000);
  assert.equal(await Deno.readTextFile(`${person.folder}/notes.txt`), "half done\n");

  const again = await home.run("fetch", slug, "--json");
  assert.equal(JSON.parse(again.stdout).outcome, "unchanged");

  // The uncommitted work was never fetched: it stays when the bottle goes.
  const dry = await home.run("cleanup", slug, "--dry-run");
  assert.match(dry.stdout, /uncommitted work is only there/);
  const removed = await home.run("cleanup", slug, "--yes");
  assert.match(removed.stderr, /kept for 30 days/);
  const archived = await home.run("diff", slug, "--uncommitted", "--stat");
  assert.equal(archived.code, 0, archived.stderr);
  assert.match(archived.stdout, /notes\.txt/);
});

Deno.test("A bottle that runs hands its work out as it is; what is fetched is kept up, and nothing fetched keeps the bottle", async () => {
  await using stage = await makeStage();
  const { home, person } = stage;
  const slug = await home.startBottle("--workspace", person.folder);
  const inside = async (script: string): Promise<void> => {
    const { code, stderr } = await home.run(
      "exec",
      slug,
      "--",
      "sh",
      "-c",
      script,
    );
    assert.equal(code, 0, stderr);
  };
  const nothing = await home.run("fetch", slug);
  assert.deepEqual(
    [nothing.code, /has committed nothing/.test(nothing.stderr)],
    [1, true],
    nothing.stderr,
  );

  await inside("echo x > x && git add x && git commit -qm One");
  assert.equal((await home.run("fetch", slug)).code, 0);
  await inside("echo y > y && git add y && git commit -qm Two");
  const next = JSON.parse((await home.run("fetch", slug, "--json")).stdout);
  assert.deepEqual([next.outcome, next.total_commits], ["forwarded", 2]);
  assert.equal(await person.git("log", "-1", "--format=%s", `bot/${slug}`), "Two");

  // Rewritten history goes over the branch only with --force.
  await inside("git commit -q --amend -m Again");
  const refused = await home.run("fetch", slug);
  assert.deepEqual(
    [refused.code, /not in the agent's history/.test(refused.stderr)],
    [1, true],
    refused.stderr,
  );
  assert.equal((await home.run("fetch", slug, "--force")).code, 0);

  await person.git("switch", "--quiet", `bot/${slug}`);
  await inside("git commit -q --allow-empty -m More");
  const checkedOut = await home.run("fetch", slug);
  assert.match(checkedOut.stderr, /is checked out in/);
  assert.equal((await home.run("fetch", slug, "--branch", "mine")).code, 0);

  // stop saves it; with its repository gone the agent keeps nothing of it from stopping.
  const stopped = await home.run("stop", slug);
  assert.equal(stopped.code, 0, stopped.stderr);
  assert.match((await home.run("diff", slug, "--stat")).stderr, /As it was saved/);
});

Deno.test("A hostile workspace runs nothing on the host and writes nothing outside", async () => {
  await using stage = await makeStage();
  const { home, person } = stage;
  const canaries = `${person.folder}/../canaries`;
  await Deno.mkdir(canaries);
  const slug = await home.startBottle("--workspace", person.folder);
  const attack = `set -e

evil() { printf '#!/bin/sh\\ntouch "${canaries}/%s"\\ncat\\n' "$1" > "/tmp/$1"; chmod +x "/tmp/$1"; echo "touch '${canaries}/$1'; /tmp/$1"; }
mkdir -p .git/hooks
for hook in post-checkout reference-transaction post-merge pre-commit fsmonitor-watchman; do evil $hook > /dev/null; cp /tmp/$hook .git/hooks/$hook; done
git config filter.evil.clean "$(evil clean)"
git config filter.evil.smudge "$(evil smudge)"
git config diff.evil.textconv "$(evil textconv)"
git config diff.evil.command "$(evil command)"
git config diff.external "$(evil external)"
git config core.sshCommand "$(evil ssh)"
git config core.pager "$(evil pager)"
git config alias.log "!$(evil alias)"
git config core.fsmonitor false
printf '[core]\\n\\tpager = touch %s/include\\n' "${canaries}" > /tmp/inc; git config include.path /tmp/inc
printf '* filter=evil diff=evil -text\\n*.mjs -diff\\n' > .gitattributes
mkdir -p .husky .vscode; echo 'touch x' > .husky/pre-commit; echo '{}' > .vscode/tasks.json
ln -s /etc/passwd leak
echo 'export const add = 1;' > add.mjs
git init -q nested; (cd nested; git -c user.name=x -c user.email=x@x commit -q --allow-empty -m x)
printf '\\\\033]0;owned\\\\007text\\\\n' > escape.txt; printf '\\033]0;owned\\007\\n' >> escape.txt
git add --all 2> /dev/null || true
git -c core.hooksPath=/dev/null commit -qm "$(printf 'Evil \\033[2J subject')"
for n in $(seq 1 200); do echo "create refs/heads/r$n HEAD"; done | git -c core.hooksPath=/dev/null update-ref --stdin
git replace HEAD HEAD~1 || true
`;
  const planted = await home.run("exec", slug, "--", "bash", "-c", attack);
  assert.equal(planted.code, 0, planted.stderr);

  const piped = await home.run("diff", slug);
  assert.deepEqual([piped.code, piped.stdout], [1, ""], "git apply would make the link");
  const diff = await home.run("diff", slug, "--accept", "links,submodules");
  assert.equal(diff.code, 0, diff.stderr);
  assert.match(diff.stdout, /-export const add/, "attributes hide nothing");
  const refused = await home.run("fetch", slug);
  assert.equal(refused.code, 1, refused.stderr);
  assert.match(refused.stderr, /"leak" leads to an absolute path/);
  assert.match(refused.stderr, /"nested" is a repository inside the repository/);
  assert.match(refused.stderr, /--accept links,submodules|--accept submodules,links/);
  assert.equal(await person.git("for-each-ref", "--format=%(refname)"), "refs/heads/main");

  const accepted = await home.run("fetch", slug, "--accept", "links,submodules");
  assert.equal(accepted.code, 0, accepted.stderr);
  assert.ok(!accepted.stdout.includes("\x1b") && !accepted.stderr.includes("\x1b"));
  assert.match(accepted.stderr, /Look at "\.husky\/pre-commit"/);
  assert.match(accepted.stderr, /Look at "\.gitattributes"/);
  assert.equal((await home.run("stop", slug)).code, 0);
  assert.equal((await home.run("diff", slug, "--json")).code, 0);

  assert.deepEqual(await Array.fromAsync(Deno.readDir(canaries)), []);
  const root = await Array.fromAsync(Deno.readDir(`${person.folder}/..`));
  assert.deepEqual(root.map(({ name }) => name).sort(), ["calc", "canaries"]);
  assert.equal(await repositoryAt(person.folder).git("status", "--porcelain"), "");
});
