/** What a hostile agent pushes, and asks of the gate, in a real bottle: the upstream has nothing of it. */

import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { AuditRow } from "../../../lib/egress/audit/audit_row.ts";
import type { Ended } from "../../support/git/container.ts";
import { engine } from "../../e2e/cli/program.ts";
import { PRELUDE } from "./case.ts";
import { gitCases } from "./cases/all.ts";
import { type Attacked, createRunner } from "./run_case.ts";
import { type GitStage, openGitStage } from "./stage.ts";

Deno.test("git: what a hostile agent pushes never arrives, and leaves a row", async (t) => {
  await using stage = await openGitStage();
  const repo = stage.sshd.repo("widget");
  const attacked: Attacked[] = [];
  const run = createRunner(stage);
  await t.step("a clean push gets through: the gate is not just shut", () => pushClean(stage, "a"));
  for (const [number, one] of gitCases.entries()) {
    await t.step(`${one.line}: ${one.name}`, async () => {
      attacked.push(await run(one, number));
    });
  }
  await t.step("each push left a row without what it was after", async () => {
    const rows = (await stage.audit()).map(({ row }) => row).filter(({ kind }) => kind === "git");
    ok(!JSON.stringify(rows).includes(stage.known));
    const faults = attacked.flatMap((one) => faultsOf(one, rows));
    deepEqual(faults, []);
  });
  await t.step("a push that is cut in the middle leaves the next one its way", async () => {
    const before = await repo.look();
    const cut = await stage.guest(`${CLONE}; head -c 2000000 /dev/urandom >big.dat; commit -m Big
      new=$(git rev-parse HEAD); git pack-objects -q --revs --stdout <<<"$new" >/tmp/pack
      caps=' report-status'; text="$NONE $new refs/heads/cut"
      { printf '%04x%s\\0%s0000' $((\${#text} + \${#caps} + 5)) "$text" "$caps"; head -c 900000 /tmp/pack; } >/tmp/body
      { printf 'POST /widget/git-receive-pack HTTP/1.1\\r\\nHost: git-gate\\r\\nContent-Length: 1800000\\r\\n'
        printf 'Content-Type: application/x-git-receive-pack-request\\r\\n\\r\\n'; cat /tmp/body; } |
        nc -N -w 2 git-gate 9418; exit 1`);
    notEqual(cut.code, 0);
    deepEqual(await repo.look(), before);
    await pushClean(stage, "b");
  });
  await t.step("an upstream that accepts, and says nothing, is waited for in vain", async () => {
    await stage.sshd.pause();
    const asked = await stage.guest(`${CLONE}; git commit -q --allow-empty -m X; push`, BRANCH);
    await stage.sshd.unpause();
    refused(asked, /git\.example\.com/);
    await pushClean(stage, "c");
  });
  await t.step("an upstream that is down is told of", async () => {
    await stage.sshd.stop();
    const pushed = await stage.guest(`${CLONE}; git commit -q --allow-empty -m X; push`, BRANCH);
    const cloned = await stage.guest(`git clone ${repo.url} /tmp/none`);
    await stage.sshd.start();
    refused(pushed, /git\.example\.com/);
    refused(cloned, /git\.example\.com/);
    await pushClean(stage, "d");
  });
  await t.step("an upstream that shows another host key gets nothing", async () => {
    const before = await repo.look();
    const sent = await stage.sshd.commands();
    await stage.sshd.replaceHostKey();
    const pushed = await stage.guest(`${CLONE}; git commit -q --allow-empty -m X; push`, BRANCH);
    refused(pushed, /SHA256:.*SHA256:/s);
    deepEqual(await repo.look(), before);
    deepEqual(await stage.sshd.commands(), sent);
  });
  await t.step(
    "another bottle's gate and the own one's other addresses answer nobody",
    async () => {
      const own = stage.agent.name.replace(/agent$/, "bundle");
      const ask = async (address: string): Promise<string> => {
        const url = `http://${address}:9418/widget/info/refs?service=git-upload-pack`;
        const curl = "curl --noproxy '*' --silent --max-time 3 --output /dev/null";
        return (await stage.guest(`${curl} --write-out '%{http_code}' '${url}'`)).stdout;
      };
      equal(await ask("git-gate"), "200");
      const [inner] = (await stage.guest("getent hosts git-gate")).stdout.split(" ");
      const others = [...await addressesOf(await stage.neighbour()), ...await addressesOf(own)]
        .filter((address) => address !== inner);
      equal(others.length, 5);
      for (const address of others) ok(["000", "403"].includes(await ask(address)), address);
    },
  );
});

/** Of a container, on all of its networks. */
async function addressesOf(name: string): Promise<readonly string[]> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
  const text = await engine.docker(["container", "inspect", name, "--format", format]);
  return text.trim().split(" ");
}

const CLONE = `${PRELUDE}rm -rf /tmp/attack; cp -r ~/base/widget /tmp/attack; cd /tmp/attack`;
const BRANCH = { BRANCH: "never" } as const;

async function pushClean(stage: GitStage, name: string): Promise<void> {
  const script = `set -e; ${CLONE}; echo clean >${name}.txt; commit -m Clean; push`;
  const { code, stderr } = await stage.guest(script, { BRANCH: `clean-${name}` });
  equal(code, 0, stderr);
  const { refs } = await stage.sshd.repo("widget").look();
  ok(refs.includes(`refs/heads/clean-${name}`), refs);
}

function refused({ code, stdout, stderr }: Ended, says: RegExp): void {
  notEqual(code, 0);
  match(stdout + stderr, says);
}

/** For so long refusals that are alike are counted. */
const FOLD_MS = 60_000;

/** What is not as it should be with the rows of one attack. */
function faultsOf({ one, secret, from, until }: Attacked, rows: readonly AuditRow[]): string[] {
  const title = `${one.line}: ${one.name}`;
  const own = rows.filter(({ time }) => Date.parse(time) >= from && Date.parse(time) <= until);
  if (JSON.stringify(own).includes(secret)) return [`${title}: the secret is in the audit`];
  if (one.reason === undefined) return [];
  // A refusal like one of the minute before is counted with it (ADR 0020): both of a hidden ref, say.
  const near = rows.filter(({ time }) =>
    Date.parse(time) >= from - FOLD_MS && Date.parse(time) <= until
  );
  const told = near.map(({ method, verdict, reason }) => `${method} ${verdict} ${reason}`);
  return told.includes(`push blocked ${one.reason}`)
    ? []
    : [`${title}: no row of ${one.reason}, but ${told.join(", ") || "none"}`];
}
