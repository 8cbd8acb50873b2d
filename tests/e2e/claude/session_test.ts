/** The real Claude Code in a bottle that `run` started, against an upstream that lets nothing wrong pass. */

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { openBundle } from "../../../backends/bundle/bundle.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { resourceName } from "../../../lib/names.ts";
import { createAuthority } from "../../../lib/pki/authority.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { docker } from "../../support/deno_container.ts";
import { type Finding, searchMarkers, type SearchReport } from "../../support/marker_search.ts";
import { needlesOf } from "../../support/marker_search/needle.ts";
import { placeNames } from "../../support/marker_search/places.ts";
import { plantMarkers, plantTails } from "../../support/marker_search/plants.ts";
import { startWatcher } from "../../support/marker_search/watcher.ts";
import { makeHome, startRun } from "./bottle_run.ts";
import { playSession } from "./played_session.ts";
import { makeSubject } from "./subject.ts";
import { startUpstream } from "./upstream_container.ts";

const run = createRun();
const throughEgress = ["--silent", "--max-time", "10", "--proxy", "http://egress:9099"];

function shown(findings: readonly Finding[]): string {
  return findings.map(({ place, where, form }) => `${place}: ${form} in ${where}`).join("\n");
}

/** Both halves: every plant was found where it was put, and the credential nowhere. */
function assertSearch(report: SearchReport, marker: string, plant: string): void {
  for (const place of placeNames) {
    assert.ok((report.searched.get(place) ?? 0) > 0, `nothing was searched: ${place}`);
    const found = report.findings.some((finding) =>
      finding.place === place && finding.marker === plant &&
      finding.tail.startsWith(plantTails[place])
    );
    assert.ok(found, `the marker planted here was not found: ${place}`);
  }
  assert.ok(report.memoryBytes > 50 * 1024 * 1024, `${report.memoryBytes} bytes of memory read`);
  const leaks = report.findings.filter((finding) => finding.marker === marker);
  assert.equal(shown(leaks), "");
}

Deno.test("Claude Code works through a session with an OAuth token of a command's that is nowhere to be found", async () => {
  const marker = `MARKER${randomBytes(16).toString("hex")}`;
  const plant = `PLANT${randomBytes(16).toString("hex")}-`;
  const needles = [...needlesOf(marker), ...needlesOf(plant)];
  const name = `bot-bottle-test-${randomBytes(4).toString("hex")}-watcher`;
  await using watcher = await startWatcher(run, name, needles);
  await using session = await playSession({
    run,
    header: "authorization",
    token: `sk-ant-oat01-${marker}`,
    authToken: "{ command: [printenv, CLAUDE_CREDENTIAL] }",
    beforeLastTurn: async ({ slug, home }) => {
      await using control = openBundle(createEngine({ run }), slug);
      const target = { run, slug, control, watcher, home: home.folder, homeId: home.id };
      await using _planted = await plantMarkers(target, plant);
      assertSearch(await searchMarkers(target, needles), marker, plant);
    },
  });
  const { hits } = await watcher.argv();
  assert.deepEqual(hits.filter((hit) => hit.marker === marker), []);
  assert.doesNotMatch(session.printed, new RegExp(marker));
  assert.deepEqual(await session.home.search(needlesOf(marker)), []);
  assert.match(await archivedTranscript(session.home.folder), /What is the SHA-256 of the file\?/);
});

/** What Claude Code wrote of its sessions, of the home's only archive. */
async function archivedTranscript(home: string): Promise<string> {
  const { code, stdout } = await run([
    "find",
    `${home}/archive`,
    "-path",
    "*/transcript/projects/*.jsonl",
  ]);
  assert.equal(code, 0);
  const [file = "", ...more] = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(more, []);
  return await Deno.readTextFile(file);
}

Deno.test("Claude Code works through a session with an API key that opens the messages alone", async () => {
  await using _session = await playSession({
    run,
    header: "x-api-key",
    token: `sk-ant-api03-${randomBytes(16).toString("hex")}`,
    beforeLastTurn: async ({ slug }) => {
      const curl = ["exec", resourceName(slug, "agent"), "curl", ...throughEgress];
      for (const path of ["/v1/files", "/v1/messages/batches", "/v1/messages/../files"]) {
        const answer = await docker(run, [
          ...curl,
          "--path-as-is",
          "--request",
          "POST",
          `https://api.anthropic.com${path}`,
        ]);
        assert.match(answer, /"error":"blocked"/, path);
      }
    },
  });
});

Deno.test("Claude Code ends with an error where the upstream knows another token", async () => {
  const authority = await createAuthority(new Date());
  await using home = await makeHome(run, authority.cert_pem);
  await using upstream = await startUpstream({
    run,
    authority,
    subject: makeSubject().subject,
    header: "authorization",
    mentions: [],
    token: "sk-ant-oat01-another",
    name: `bot-bottle-test-${randomBytes(4).toString("hex")}`,
    holdBefore: [],
  });
  await using session = startRun(run, {
    home,
    credential: "sk-ant-oat01-expired",
    network: upstream.network,
  });
  const { code, stdout } = await session.ended;
  assert.equal(code, 1);
  assert.match(stdout, /401/);
  assert.ok(upstream.records.length > 0);
  for (const { status, credential } of upstream.records) {
    assert.deepEqual({ status, credential }, { status: 401, credential: "other" });
  }
});
