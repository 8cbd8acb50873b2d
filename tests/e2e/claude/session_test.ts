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
import { agentMentions, findSlug, makeHome, startRun } from "./bottle_run.ts";
import { makeSubject } from "./subject.ts";
import { finalText } from "./upstream/turns.ts";
import { startUpstream } from "./upstream_container.ts";

const run = createRun();

const credentials = [
  { kind: "an OAuth token", prefix: "sk-ant-oat01-", header: "authorization" },
  { kind: "an API key", prefix: "sk-ant-api03-", header: "x-api-key" },
] as const;

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

for (const { kind, prefix, header } of credentials) {
  Deno.test(`Claude Code works through a session with ${kind} that is nowhere to be found`, async () => {
    const marker = `MARKER${randomBytes(16).toString("hex")}`;
    const plant = `PLANT${randomBytes(16).toString("hex")}-`;
    const needles = [...needlesOf(marker), ...needlesOf(plant)];
    const id = randomBytes(4).toString("hex");
    const authority = await createAuthority(new Date());
    const { subject, put } = makeSubject();

    await using stack = new AsyncDisposableStack();
    const home = stack.use(await makeHome(run, authority.cert_pem));
    const upstream = stack.use(
      await startUpstream({
        run,
        authority,
        header,
        subject,
        mentions: agentMentions,
        token: prefix + marker,
        name: `bot-bottle-test-${id}`,
        holdBefore: [1, 3],
      }),
    );
    const watcher = stack.use(await startWatcher(run, `bot-bottle-test-${id}-watcher`, needles));
    const session = stack.use(
      startRun(run, { home, credential: prefix + marker, network: upstream.network }),
    );

    await session.reaches(upstream.holding(1));
    const slug = await findSlug(run, home);
    const agent = resourceName(slug, "agent");
    await put(run, agent);
    await upstream.release();

    await session.reaches(upstream.holding(3));
    assert.match(
      await docker(run, [
        "exec",
        agent,
        "curl",
        ...throughEgress,
        "https://api.anthropic.com/v1/files",
      ]),
      /"error":"blocked","reason":"no-match"/,
    );
    {
      await using control = openBundle(createEngine({ run }), slug);
      const target = { run, slug, control, watcher, home: home.folder, homeId: home.id };
      await using _planted = await plantMarkers(target, plant);
      assertSearch(await searchMarkers(target, needles), marker, plant);
    }
    await upstream.release();

    const { code, stdout, stderr } = await session.ended;
    assert.equal(code, 0, stderr);
    const [answer, summary = "", ...more] = stdout.trim().split("\n");
    assert.equal(answer, finalText(subject));
    assert.deepEqual(more, []);
    const { exit_code: exitCode, by } = JSON.parse(summary);
    assert.deepEqual({ exitCode, by }, { exitCode: 0, by: "agent" });

    assert.deepEqual(
      upstream.records,
      [1, 2, 3].map((turn) => ({
        kind: "request",
        method: "POST",
        path: "/v1/messages?beta=true",
        credential: "real",
        placeholderSeen: false,
        status: 200,
        turn,
        fault: null,
      })),
    );
    const after = await watcher.argv();
    assert.deepEqual(after.hits.filter((hit) => hit.marker === marker), []);
    assert.doesNotMatch(stdout + stderr, new RegExp(marker));
    assert.deepEqual(await home.search(needlesOf(marker)), []);
  });
}

Deno.test("Claude Code ends with an error where the upstream knows another token", async () => {
  const id = randomBytes(4).toString("hex");
  const authority = await createAuthority(new Date());
  const { subject } = makeSubject();
  await using stack = new AsyncDisposableStack();
  const home = stack.use(await makeHome(run, authority.cert_pem));
  const upstream = stack.use(
    await startUpstream({
      run,
      authority,
      subject,
      header: "authorization",
      mentions: [],
      token: "sk-ant-oat01-another",
      name: `bot-bottle-test-${id}`,
      holdBefore: [],
    }),
  );
  const session = stack.use(
    startRun(run, { home, credential: "sk-ant-oat01-expired", network: upstream.network }),
  );
  const { code, stdout } = await session.ended;
  assert.equal(code, 1);
  assert.match(stdout, /401/);
  assert.ok(upstream.records.length > 0);
  for (const { status, credential } of upstream.records) {
    assert.deepEqual({ status, credential }, { status: 401, credential: "other" });
  }
});
