/** The real git, pip and cargo in a bottle that extends their presets, against a stand-in under the real names. */

import assert from "node:assert/strict";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { ensureClientsImage } from "../../support/package_clients/image.ts";
import type { Ended } from "../cli/program.ts";
import { type PresetBottle, startPresetBottle } from "./bottle.ts";
import { type StandIn, startStandIn } from "./stand_in.ts";

const run = createRun();

/** What the steps share. */
interface Stage {
  readonly bottle: PresetBottle;
  readonly standIn: StandIn;
}

function assertDone({ code, stdout, stderr }: Ended, printed: RegExp): void {
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, printed);
}

/** It failed, egress said no, and the upstream saw nothing of it. */
function assertRefused(
  { code, stdout, stderr }: Ended,
  { requests }: StandIn,
  trace: RegExp,
): void {
  assert.notEqual(code, 0, stdout);
  assert.match(stdout + stderr, /403/);
  assert.deepEqual(requests.filter((line) => trace.test(line)), []);
}

async function cloneAndDownload({ bottle, standIn }: Stage): Promise<void> {
  assertDone(
    await bottle.guest(`set -e
      git clone --quiet https://github.com/team/widget.git ~/widget
      git -C ~/widget fetch --quiet https://github.com/team/widget main
      cat ~/widget/README.md
      for file in releases/download/v1/widget.txt archive/refs/heads/main.tar.gz raw/main/README.md; do
        curl --silent --show-error --fail --location --remote-name https://github.com/team/widget/$file
      done
      cat widget.txt && tar --extract --gzip --file main.tar.gz --to-stdout README.md
      curl --silent --fail https://api.github.com/repos/team/widget/releases/latest`),
    /^A widget\nAn asset\nA widget\n\{"tag_name":"v1"\}$/,
  );
  assert.ok(standIn.requests.includes("POST github.com/team/widget.git/git-upload-pack"));
}

/** Prints the status of each answer, or of the refusal to connect. */
function postAll(urls: readonly string[]): string {
  const answer = "--output /dev/null --write-out '%{http_code} %{http_connect}\\n'";
  return `for url in ${urls.join(" ")}; do
    curl --silent --path-as-is --data '{"public":true}' ${answer} $url
  done | sed --regexp-extended 's/^000 /CONNECT /; s/ 200$//'`;
}

async function refuseToPublish({ bottle, standIn }: Stage): Promise<void> {
  const push = (host: string): string => `
    cd ~/widget && git checkout --quiet -B main && echo secret >>README.md
    git -c user.name=A -c user.email=a@example.com commit --quiet --all --message x
    git push --quiet https://someone:token@${host}/team/widget.git main`;
  for (const host of ["github.com", "gitlab.com"]) {
    assertRefused(await bottle.guest(push(host)), standIn, /receive-pack/);
  }
  const refused = await bottle.guest(postAll([
    "https://api.github.com/gists",
    "https://api.github.com/repos/team/widget/issues",
    "https://github.com/team/widget/../../session/git-upload-pack",
    "https://gitlab.com/api/v4/projects/1/snippets",
    "https://pypi.org/legacy/",
    "https://upload.pypi.org/legacy/",
    "https://static.crates.io/crates/widget/1.0.0/download",
  ]));
  assert.equal(
    refused.stdout,
    "403\n403\n400\n403\n403\nCONNECT 403\n403\n",
    refused.stderr,
  );
  const fetches = /^POST (github|gitlab)\.com\/[^?]*\/git-upload-pack$/;
  assert.deepEqual(
    standIn.requests.filter((line) => line.startsWith("POST ") && !fetches.test(line)),
    [],
  );
}

async function cloneFromGroups({ bottle }: Stage): Promise<void> {
  assertDone(
    await bottle.guest(`set -e
      git clone --quiet https://gitlab.com/group/part/widget ~/grouped
      cat ~/grouped/README.md`),
    /^A widget$/m,
  );
}

async function installWithPip({ bottle }: Stage): Promise<void> {
  assertDone(
    await bottle.guest(`set -e
      pip install --quiet --no-input --disable-pip-version-check --target ~/python widget
      PYTHONPATH=~/python python3 -c 'import widget; print(widget.ANSWER)'`),
    /^42$/m,
  );
}

async function fetchWithCargo({ bottle, standIn }: Stage): Promise<void> {
  assertDone(
    await bottle.guest(`set -e
      cargo init --quiet --vcs none --name user ~/user && cd ~/user
      printf 'widget = "1"\\n' >>Cargo.toml
      cargo fetch --quiet && cat ~/.cargo/registry/src/*/widget-1.0.0/src/lib.rs`),
    /answer\(\) -> u8/,
  );
  const publish = `cd ~/user && sed -i '/^widget/d' Cargo.toml &&
    cargo publish --allow-dirty --no-verify --token none`;
  assertRefused(await bottle.guest(publish), standIn, /crates\/new/);
}

Deno.test("git, pip and cargo fetch by the presets, and nothing is published", async (t) => {
  const authority = await createAuthority(new Date());
  const image = await ensureClientsImage(run);
  await using standIn = await startStandIn(run, image, authority);
  const extraCaFile = await Deno.makeTempFile({ suffix: ".pem" });
  await using undo = new AsyncDisposableStack();
  undo.defer(() => Deno.remove(extraCaFile));
  await Deno.writeTextFile(extraCaFile, authority.cert_pem);
  await using bottle = await startPresetBottle({
    presets: ["builtin/github", "builtin/gitlab", "builtin/pypi", "builtin/crates"],
    network: standIn.network,
    hosts: standIn.hosts,
    image,
    env: { BOT_BOTTLE_EXTRA_CA: extraCaFile },
  });
  const stage = { bottle, standIn };
  await t.step("builtin/github: clone, fetch, downloads", () => cloneAndDownload(stage));
  await t.step("builtin/gitlab: clone from a group in a group", () => cloneFromGroups(stage));
  await t.step("builtin/pypi: pip install", () => installWithPip(stage));
  await t.step("builtin/crates: cargo fetch, no publish", () => fetchWithCargo(stage));
  await t.step("no push, gist, issue, snippet or upload", () => refuseToPublish(stage));
});
