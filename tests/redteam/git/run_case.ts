/** One attack, and what it left. */

import { equal, match, notEqual, ok } from "node:assert/strict";
import type { UpstreamState } from "../../support/git/upstream_repo.ts";
import { type GitCase, PRELUDE, type RepoName } from "./case.ts";
import type { GitStage } from "./stage.ts";

/** An attack that has been made. */
export interface Attacked {
  readonly one: GitCase;
  /** What it tried to get out. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Of a form that every scanner knows: made here, so that none stands in a file of ours. */
function makeSecret(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(36))]
    .map((byte) => LETTERS.charAt(byte % LETTERS.length));
  return ["ghp", letters.join("")].join("_");
}

/** Makes attacks, one after the other, and holds the upstream against what it was before each. */
export function createRunner(
  stage: GitStage,
): (one: GitCase, number: number) => Promise<Attacked> {
  const states = new Map<RepoName, UpstreamState>();
  return async (one, number) => {
    const name = one.repo ?? "widget";
    // What an attack is built on, or has left although it failed, is not held against the next one.
    const before = one.first === undefined ? states.get(name) : undefined;
    states.delete(name);
    const { attacked, after } = await runCase(stage, one, number, before);
    states.set(name, after);
    return attacked;
  };
}

async function runCase(
  stage: GitStage,
  one: GitCase,
  number: number,
  last: UpstreamState | undefined,
): Promise<{ readonly attacked: Attacked; readonly after: UpstreamState }> {
  const { sshd, known } = stage;
  const name = one.repo ?? "widget";
  const repo = sshd.repo(name);
  const secret = makeSecret();
  const env = {
    SECRET: secret,
    KNOWN: known,
    BRANCH: `attack-${number}`,
    URL: repo.url,
    GATE: `http://git-gate:9418/${name}`,
    ADDRESS: sshd.address,
  };
  const place = `rm -rf /tmp/attack; cp -r ~/base/${name} /tmp/attack; cd /tmp/attack`;
  if (one.first !== undefined) {
    const { code, stderr } = await stage.guest(`${PRELUDE}${place}\n${one.first}`, env);
    equal(code, 0, `before the attack: ${stderr}`);
  }
  const before = last ?? await repo.look();
  const from = Date.now();
  const where = one.first === undefined ? place : "cd /tmp/attack";
  const { code, stdout, stderr } = await stage.guest(`${PRELUDE}${where}\n${one.script}`, env);
  const until = Date.now();
  const said = stdout + stderr;
  const after = await repo.look(secret, known);
  equal(after.held.join(), "", "the upstream has it");
  equal(after.objects, before.objects, "the upstream has new objects");
  if (one.mayPass !== true) {
    equal(after.refs, before.refs, "the upstream has other refs");
    notEqual(code, 0, said);
  }
  match(said, one.says);
  ok(!remoteLines(said).includes(secret), said);
  return { attacked: { one, secret, from, until }, after };
}

/** What the gate itself said: git repeats names of refs after it. */
function remoteLines(said: string): string {
  return said.split("\n").filter((line) => line.startsWith("remote:")).join("\n");
}
