import assert from "node:assert/strict";
import { makeHostileRepository } from "../../support/hostile_repository.ts";
import { makeRepository, type TestRepository } from "../../support/repository.ts";
import { makeHome, type TestHome } from "./program.ts";

/** The text that a command in the bottle printed. */
async function inside(home: TestHome, slug: string, script: string): Promise<string> {
  const { code, stdout, stderr } = await home.run("exec", slug, "--", "sh", "-c", script);
  assert.equal(code, 0, `${script}: ${stderr}`);
  return stdout.trimEnd();
}

async function withRepository(
  test: (repository: TestRepository, root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    await test(await makeRepository(`${root}/app`), root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("start --workspace brings the commits in and nothing else, and resume leaves them alone", async () => {
  await withRepository(async (person, root) => {
    await person.write(".gitignore", ".env\nbuild/\n");
    await person.write("src/a.txt", "a\n");
    await person.commit("First");
    await person.git("checkout", "--quiet", "-b", "feat/ünï-#1");
    await person.write("src/b.txt", "b\n");
    const base = await person.commit("Second");
    await person.git("remote", "add", "origin", "https://example.com/x");
    await person.git("config", "user.name", "The person");
    await person.git("config", "alias.st", "status");
    await Deno.writeTextFile(`${person.folder}/.git/hooks/post-checkout`, "", { mode: 0o755 });
    await person.write(".env", "NAMED=1\n");
    await person.write("build/out", "stays");
    await person.write("untracked.txt", "stays");
    await person.write("src/a.txt", "changed, stays\n");

    await using home = await makeHome();
    const words = ["--workspace", `${person.folder}/src`, "--include", `${person.folder}/.env`];
    const plan = await home.run("start", "demo", ...words, "--dry-run");
    assert.match(plan.stdout, /Workspace +\/.*\/app, branch feat\/ünï-#1 at [0-9a-f]{10}/);
    assert.match(plan.stdout, /with \.env, which no commit has/);
    assert.match(plan.stdout, /2 uncommitted changes stay behind/);
    const json = await home.run("start", "demo", ...words, "--dry-run", "--json");
    assert.equal(JSON.parse(json.stdout).workspace.base, base);

    const slug = await home.startBottle(...words);
    assert.equal(await inside(home, slug, "pwd"), "/home/node/workspace");
    assert.equal(await inside(home, slug, "git rev-parse HEAD"), base);
    assert.equal(await inside(home, slug, "git symbolic-ref HEAD"), "refs/heads/feat/ünï-#1");
    assert.equal(await inside(home, slug, "git status --porcelain"), "");
    assert.equal(await inside(home, slug, "git log --format=%s"), "Second\nFirst");
    assert.equal(await inside(home, slug, "git for-each-ref | wc -l"), "1");
    assert.equal(await inside(home, slug, "git remote"), "");
    assert.equal(
      await inside(home, slug, "ls -A"),
      [".env", ".git", ".gitignore", "src"].join("\n"),
    );
    assert.equal(await inside(home, slug, "cat src/a.txt .env"), "a\nNAMED=1");
    assert.equal(await inside(home, slug, "test -e .git/hooks || echo none"), "none");
    const config = await inside(home, slug, "cat .git/config");
    assert.doesNotMatch(config, /The person|alias|example\.com/);
    await inside(home, slug, "echo work > work.txt; git add work.txt; git commit -qm Third");
    assert.match(
      await inside(home, slug, "git log -1 --format=%an,%ae"),
      /^demo,demo-.*\.invalid$/,
    );

    assert.equal((await home.run("stop", slug)).code, 0);
    await Deno.rename(person.folder, `${root}/elsewhere`);
    const resumed = await home.run("resume", slug, "--detach");
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(await inside(home, slug, "git log -1 --format=%s"), "Third");
    assert.equal(await inside(home, slug, "cat work.txt .env"), "work\nNAMED=1");
  });
});

Deno.test("run --workspace has the agent work in the repository, and keeps a hostile one's programs still", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir());
  try {
    const hostile = await makeHostileRepository(`${root}/app`, `${root}/canaries`);
    await using home = await makeHome();
    const ended = await home.run(
      ...["run", "demo", "--workspace", hostile.folder],
      ...["--prompt", "cat file.txt; git status --porcelain; pwd"],
    );
    assert.equal(ended.stdout, "first\n/home/node/workspace\n", ended.stderr);
    assert.deepEqual(await hostile.ran(), []);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("a workspace that can't be brought in leaves nothing, and says why", async () => {
  await withRepository(async (person, root) => {
    await using home = await makeHome();
    const refused = await home.run(
      "start",
      "demo",
      "--workspace",
      person.folder,
      "--yes",
      "--detach",
    );
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /has no commit yet/);
    const agent = await home.run("start", "--workspace", "demo", "--dry-run");
    assert.deepEqual([agent.code, agent.stdout], [2, ""]);
    assert.match(agent.stderr, /"demo" is an agent/);

    await person.write("a.txt", "a");
    await person.commit("First");
    const blob = await person.git("rev-parse", "HEAD:a.txt");
    await Deno.remove(`${root}/app/.git/objects/${blob.slice(0, 2)}/${blob.slice(2)}`);
    const broken = await home.run(
      "start",
      "demo",
      "--workspace",
      person.folder,
      "--yes",
      "--detach",
    );
    assert.equal(broken.code, 125);
    assert.match(broken.stderr, /Cannot pack the commits/);
    assert.deepEqual((await home.left()).filter((name) => !name.endsWith("-outer")), []);
    const { stdout } = await home.run("list", "--json");
    assert.deepEqual(JSON.parse(stdout).bottles, []);
  });
});
