/** A repository's key and token, looked for everywhere while the agent's git works with them. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { Secret } from "../../../lib/secret.ts";
import { findProvider } from "../../../providers/registry.ts";
import { searchMarkers } from "../../support/marker_search.ts";
import { needlesOf } from "../../support/marker_search/needle.ts";
import { placeNames } from "../../support/marker_search/places.ts";
import { plantMarkers } from "../../support/marker_search/plants.ts";
import { startWatcher } from "../../support/marker_search/watcher.ts";
import { openUpstream } from "../conformance/repo_upstream.ts";
import { createSubject } from "../conformance/subject.ts";

const run = createRun();

/** Clones, pushes, is refused, and asks for a repository whose upstream is not there. */
const WORK =
  `git clone -q "$1" && cd widget && git switch -qc bot/a && echo b >b.txt && git add . &&
git commit -qm b && git push -q origin bot/a && git fetch -q && ! git push -q origin HEAD:refs/odd/a &&
! git ls-remote https://git.example.org/lib.git`;

Deno.test("a repository's key and token are nowhere but with git-gate, whatever the agent's git does", async () => {
  await using upstream = await openUpstream();
  const token = `MARKER${randomBytes(16).toString("hex")}`;
  const plant = `PLANT${randomBytes(16).toString("hex")}-`;
  // Of an ed25519 key the lines after the second are its own; the last may be short.
  const [, , ...lines] = upstream.privateKey.split("\n").filter((line) =>
    !line.startsWith("-----E")
  );
  const secrets = [token, ...lines.filter((line) => line.length > 20)];
  assert.ok(secrets.length >= 4, "a key of some lines");
  const needles = [...secrets, plant].flatMap(needlesOf);
  const name = `bot-bottle-test-${randomBytes(4).toString("hex")}-watcher`;
  await using watcher = await startWatcher(run, name, needles);
  await using subject = await createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    { env: { LIB_TOKEN: token } },
  );
  const repos = {
    widget: upstream.widget,
    lib: {
      url: "https://git.example.org/lib.git",
      key: { provider: "token", token_ref: "LIB_TOKEN", username: "bot" },
    },
  };
  const user = { name: "Bot", email: "bot@example.com" };
  const plan = await subject.prepare({ bottle: { "git-gate": { user, repos } } }, {
    keep: true,
    bundleNetworks: [{ name: upstream.network, hosts: [upstream.sshd.host] }],
  });
  const bottle = await subject.launch(plan, {
    gateKeys: upstream.gateKeys,
    secrets: new Map([["LIB_TOKEN", new Secret(token)]]),
  });
  const worked = await bottle.exec(["bash", "-c", WORK, "bash", upstream.url]);
  assert.equal(worked.code, 0, worked.stderr);

  const { slug, fields: { homeId } } = plan;
  const target = {
    ...{ run, slug, homeId, watcher },
    control: bottle.control,
    home: subject.context.home,
  };
  {
    await using _planted = await plantMarkers(target, plant);
    const { findings, searched } = await searchMarkers(target, needles);
    for (const place of placeNames) {
      assert.ok((searched.get(place) ?? 0) > 0, `nothing was searched: ${place}`);
      const isFound = findings.some((found) => found.place === place && found.marker === plant);
      assert.ok(isFound, `the marker planted here was not found: ${place}`);
    }
    const leaks = findings.filter(({ marker }) => secrets.includes(marker));
    assert.deepEqual(leaks.map(({ place, where, form }) => `${place}: ${form} in ${where}`), []);
  }
  await bottle[Symbol.asyncDispose]();
  const { hits } = await watcher.argv();
  assert.deepEqual(hits.filter(({ marker }) => secrets.includes(marker)), []);
});
