/** Pushes with secrets through the real gate: refused, with words, and nothing of them upstream. */

import { deepEqual, equal, match, ok } from "node:assert/strict";
import { makeSecretPrints } from "../../../lib/dlp/make_secret_prints.ts";
import type { Ended } from "../../support/git/container.ts";
import { type GitStage, openGitStage } from "../../support/git/stage.ts";
import { fakeSecrets } from "../../support/git/fake_secrets.ts";

const SALT = new Uint8Array(32).fill(9);
const { github, aws, bottle, hex } = fakeSecrets;

/** A script in a fresh clone, which has to end well; then a push of its HEAD and whatever else is asked for. */
async function pushed(
  stage: GitStage,
  script: string,
  ...args: readonly string[]
): Promise<Ended> {
  const { client } = stage;
  const folder = `w${crypto.randomUUID().slice(0, 8)}`;
  const made = await client.sh(`set -e; git clone -q ${stage.repo("widget").url} ${folder}
    cd ${folder}; git checkout -q -b topic-${folder}; ${script}`);
  equal(made.code, 0, made.stderr);
  return await client.run(["-C", folder, "push", "origin", `HEAD:refs/heads/${folder}`, ...args]);
}

/** All that the upstream has, of any kind, as text. */
async function everything(stage: GitStage): Promise<string> {
  const upstream = stage.repo("widget");
  const list = await upstream.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)");
  const refs = await upstream.git("for-each-ref");
  return `${list}\n${refs}`;
}

const commit = (text: string, file = "a.txt"): string =>
  `printf '%s\\n' '${text}' > '${file}'; git add -A; git commit -q -m "more"`;

/** What is pushed, by name: a script in a clone, and how the pusher is told of the place. */
const refused: Readonly<Record<string, readonly [script: string, told: RegExp]>> = {
  "in a file": [
    `mkdir conf; ${commit(`token = ${github}`, "conf/a.env")}`,
    /conf\/a\.env:1 {2}github-pat/,
  ],
  "in a commit whose change a later one takes back": [
    `${commit(`token = ${github}`)}; git rm -q a.txt; git commit -q -m "never mind"`,
    /a\.txt:1 {2}github-pat/,
  ],
  "in a file that gitleaks leaves out by its name": [
    `mkdir -p node_modules; ${commit(`token = ${github}`, "node_modules/package-lock.json")}`,
    /package-lock\.json:1 {2}github-pat/,
  ],
  "in a file that begins like an archive": [
    `printf 'PK\\003\\004\\n${github}\\n' > a.zip; git add -A; git commit -q -m zip`,
    /a\.zip:2 {2}github-pat/,
  ],
  "in a file that attributes call binary": [
    `echo '* binary -diff' > .gitattributes; ${commit(`token = ${github}`)}`,
    /a\.txt:1 {2}github-pat/,
  ],
  "in spite of the repository's own configuration of gitleaks": [
    `printf '[allowlist]\\npaths = [".*"]\\n' > .gitleaks.toml; echo 'a.txt:github-pat:1' > .gitleaksignore
    ${commit(`token = ${github}`)}`,
    /a\.txt:1 {2}github-pat/,
  ],
  "in a commit's message": [
    `git commit -q --allow-empty -m 'see ${github}'`,
    /commit message, line 1 {2}github-pat/,
  ],
  "in an author's name": [
    `git commit -q --allow-empty --author '${aws} <a@example.com>' -m x`,
    /author {2}aws-access-token/,
  ],
  "in a path's name": [
    `mkdir ${aws}; ${commit("x", `${aws}/a.txt`)}`,
    /a path's name {2}aws-access-token/,
  ],
  "in the name of a submodule": [
    `git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),${aws}"; git commit -q -m sub`,
    /a path's name {2}aws-access-token/,
  ],
  "in the name of a folder without files": [
    `none=$(git mktree </dev/null)
    tree=$({ git ls-tree HEAD; printf '040000 tree %s\t${aws}\n' "$none"; } | git mktree)
    git reset -q --soft "$(git commit-tree -p HEAD -m folder "$tree")"`,
    /a path's name {2}aws-access-token/,
  ],
  "of the bottle, as a parent behind a commit's head": [
    `git commit -q --allow-empty -m parent
    id=$(git cat-file commit HEAD | sed '/^committer/aparent ${hex}' | git hash-object -t commit -w --stdin)
    git reset -q --soft "$id"`,
    /commit field parent {2}known-secret: a credential of this bottle: FORGE_TOKEN/,
  ],
  "in a link's target": [
    `ln -s /tmp/${aws} link; git add -A; git commit -q -m link`,
    /link:1 {2}aws-access-token/,
  ],
  "in a submodule's url": [
    `git config -f .gitmodules submodule.a.path a
    git config -f .gitmodules submodule.a.url https://x:${github}@example.com/a
    git add -A; git commit -q -m sub`,
    /\.gitmodules:3 {2}github-pat/,
  ],
  "of the bottle, in base64 in a binary file": [
    `printf '\\000\\001%s\\377' "$(printf 'me:%s' '${bottle}' | base64 -w0)" > a.bin
    git add -A; git commit -q -m bin`,
    /a\.bin:1 {2}known-secret: a credential of this bottle: BOTTLE_TOKEN/,
  ],
};

Deno.test("what a push with a secret comes to", async (t) => {
  await using stage = await openGitStage({
    repos: { widget: {} },
    config: {
      known_secrets: makeSecretPrints([
        { name: "BOTTLE_TOKEN", value: bottle },
        { name: "FORGE_TOKEN", value: hex },
      ], SALT),
    },
  });
  const upstream = stage.repo("widget");
  await upstream.commit("main", { "README.md": "# widget\n", "old.env": `token = ${aws}\n` });
  const before = await everything(stage);

  for (const [name, [script, told]] of Object.entries(refused)) {
    await t.step(`refused: ${name}`, async () => {
      const { code, stderr } = await pushed(stage, script);
      equal(code, 1, stderr);
      match(stderr, told);
      match(stderr, /remote: git-gate refused this push: a secret is in it/);
      match(stderr, /pre-receive hook declined/);
      for (const secret of [github, aws, bottle, hex]) ok(!stderr.includes(secret), stderr);
      equal(await everything(stage), before);
      const row = stage.gate.rows.at(-1);
      equal(row?.reason, "push-secret");
      ok((row?.push?.findings.length ?? 0) > 0);
      for (const secret of [github, aws, bottle, hex]) ok(!JSON.stringify(row).includes(secret));
    });
  }

  await t.step("refused: in an annotated tag", async () => {
    const { code, stderr } = await pushed(
      stage,
      `git tag -a -m '${github}' v9`,
      "refs/tags/v9",
    );
    equal(code, 1);
    match(stderr, /tag refs\/tags\/v9, line 6 {2}github-pat/);
    equal(await everything(stage), before);
  });

  await t.step("refused: in a branch's name", async () => {
    const { code, stderr } = await pushed(stage, "true", `HEAD:refs/heads/${aws}`);
    equal(code, 1);
    match(stderr, /a ref's name {2}aws-access-token/);
    equal(await everything(stage), before);
    ok(!JSON.stringify(stage.gate.rows.at(-1)).includes(aws));
  });

  await t.step("refused: hidden by an allow comment, and said so", async () => {
    const { code, stderr } = await pushed(stage, commit(`token = ${github} # gitleaks:allow`));
    equal(code, 1);
    match(stderr, /a\.txt:1 {2}github-pat.*hidden by gitleaks:allow/);
    equal(stage.gate.rows.at(-1)?.reason, "push-allow-comment");
    equal(await everything(stage), before);
  });

  await t.step("passes: lines beside one that the upstream has", async () => {
    const { code, stderr } = await pushed(stage, "echo more >> old.env; git commit -qam more");
    equal(code, 0, stderr);
  });

  await t.step("passes: the file again, moved back after it was gone", async () => {
    const gone = await pushed(stage, "git rm -q old.env; git commit -qm gone");
    equal(gone.code, 0, gone.stderr);
    const back = await pushed(
      stage,
      "git rm -q old.env; git commit -qm gone; git revert --no-edit HEAD -q || git revert --no-edit HEAD",
    );
    equal(back.code, 0, back.stderr);
  });

  await t.step("passes: what is long and random, and no secret", async () => {
    const { code, stderr } = await pushed(
      stage,
      `head -c 3000000 /dev/urandom > a.bin; head -c 300000 /dev/urandom | base64 -w 76 > a.b64
      head -c 30000 /dev/urandom | sha256sum > SHA256SUMS; git add -A; git commit -qm data`,
    );
    equal(code, 0, stderr);
    deepEqual(stage.gate.rows.at(-1)?.push?.findings, []);
  });
});
