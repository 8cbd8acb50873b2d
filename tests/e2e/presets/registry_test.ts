/** The real npm and the real apt, in a bottle, against the real registries: where those can be reached. */

import assert from "node:assert/strict";
import { createRun } from "../../../lib/process/create_run.ts";
import { startPresetBottle } from "./bottle.ts";
import { DEBIAN, isReached, NPM, startRelay } from "./relay.ts";

const run = createRun();
const extraCaFile = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
const extraCaPem = extraCaFile === "" ? undefined : await Deno.readTextFile(extraCaFile);

Deno.test({
  name: "builtin/npm lets npm install, and neither publish nor ask elsewhere (needs: registry)",
  ignore: !await isReached(NPM, extraCaPem),
  fn: async () => {
    await using relay = await startRelay(run, NPM);
    await using bottle = await startPresetBottle({
      presets: ["builtin/npm"],
      network: relay.network,
      hosts: [NPM.host],
    });
    const installed = await bottle.guest(`
      mkdir ~/project && cd ~/project && npm init --yes >/dev/null
      npm install is-odd@3.0.1 && node --print 'require("is-odd")(3)'`);
    assert.equal(installed.code, 0, installed.stderr);
    assert.match(installed.stdout, /^true$/m);

    const published = await bottle.guest(`
      mkdir ~/stolen && cd ~/stolen && npm init --yes --scope=bot-bottle-test >/dev/null
      echo '//registry.npmjs.org/:_authToken=none' >~/.npmrc
      npm publish --access public`);
    assert.notEqual(published.code, 0);
    assert.match(published.stderr, /403/);

    const elsewhere = await bottle.guest(
      "npm view is-odd --registry https://registry.example.com/",
    );
    assert.notEqual(elsewhere.code, 0);
    assert.match(elsewhere.stderr, /403/);

    const exchanges = await bottle.exchanges();
    const at = (text: string): string => `${text} ${NPM.host}`;
    for (
      const expected of [
        at("allowed GET") + "/is-odd",
        at("allowed GET") + "/is-odd/-/is-odd-3.0.1.tgz",
        at("allowed GET") + "/is-number",
        // Whatever the registry makes of it: some mirrors know no audits.
        at("allowed POST") + "/-/npm/v1/security/advisories/bulk",
        at("blocked PUT") + "/@bot-bottle-test%2fstolen",
        "blocked CONNECT registry.example.com",
      ]
    ) assert.ok(exchanges.includes(expected), `${expected}\n${exchanges.join("\n")}`);
  },
});

/** apt as any user: the state, the cache and the sources in folders of its own. */
const APT = `
  mkdir --parents ~/apt/lists/partial ~/apt/archives/partial && cd ~
  echo "deb http://deb.debian.org/debian trixie main" >~/apt/sources.list
  apt() {
    apt-get -o Dir::State="$HOME/apt" -o Dir::Cache="$HOME/apt" -o Acquire::Languages=none \\
      -o Dir::Etc::SourceList="$HOME/apt/sources.list" -o Dir::Etc::SourceParts=- "$@"
  }`;

Deno.test({
  name: "builtin/debian lets apt update and download, and ask no other archive (needs: registry)",
  ignore: !await isReached(DEBIAN, extraCaPem),
  fn: async () => {
    await using relay = await startRelay(run, DEBIAN);
    await using bottle = await startPresetBottle({
      presets: ["builtin/debian"],
      network: relay.network,
      hosts: [DEBIAN.host],
    });
    const downloaded = await bottle.guest(`${APT}
      apt update --error-on=any && apt download hello
      dpkg-deb --extract hello_*.deb ~/hello && ~/hello/usr/bin/hello`);
    assert.equal(downloaded.code, 0, downloaded.stdout + downloaded.stderr);
    assert.match(downloaded.stdout, /^Hello, world!$/m);

    const elsewhere = await bottle.guest(`${APT}
      echo "deb http://archive.example.com/debian trixie main" >~/apt/sources.list
      apt update --error-on=any`);
    assert.notEqual(elsewhere.code, 0);
    assert.match(elsewhere.stderr, /403/);

    const exchanges = await bottle.exchanges();
    const has = (pattern: RegExp): void =>
      assert.ok(exchanges.some((line) => pattern.test(line)), exchanges.join("\n"));
    has(/^allowed GET deb\.debian\.org\/debian\/dists\/trixie\/InRelease$/);
    has(
      /^allowed GET deb\.debian\.org\/debian\/dists\/trixie\/main\/.*\/by-hash\/SHA256\/[0-9a-f]+$/,
    );
    has(/^allowed GET deb\.debian\.org\/debian\/pool\/main\/h\/hello\/hello_[^/]+\.deb$/);
    has(/^blocked GET archive\.example\.com\//);
  },
});
