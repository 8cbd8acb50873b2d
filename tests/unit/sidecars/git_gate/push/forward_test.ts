import assert from "node:assert/strict";
import type { RefCommand } from "../../../../../lib/git_gate/ref_command.ts";
import { TIMED_OUT } from "../../../../../lib/process/streamed.ts";
import type { GitResult } from "../../../../../sidecars/git_gate/git.ts";
import type { Mirror } from "../../../../../sidecars/git_gate/mirror.ts";
import { type Forwarded, forwardPush } from "../../../../../sidecars/git_gate/push/forward.ts";
import { fakeMirror } from "../../../../support/git/fake_mirror.ts";

const NONE = "0".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);
const make: RefCommand = { ref: "refs/heads/new", old: NONE, new: A };
const move: RefCommand = { ref: "refs/heads/main", old: A, new: B };
const remove: RefCommand = { ref: "refs/heads/gone", old: A, new: NONE };

function git(stdout: string, code = 0, stderr = ""): GitResult {
  return { code, stdout: new TextEncoder().encode(stdout), stderr };
}

/** A mirror whose `git push` answers in turn, and whose refs are these once it was refreshed. */
function mirrorOf(pushes: readonly GitResult[], refs: string | undefined = undefined): {
  readonly mirror: Mirror;
  readonly argv: (readonly string[])[];
} {
  const argv: (readonly string[])[] = [];
  const answers = [...pushes];
  const mirror = fakeMirror((args) => {
    if (args[0] === "for-each-ref") return git(refs ?? "");
    argv.push(args);
    return answers.shift() ?? git("", 128, "fatal: no more answers");
  });
  const refresh = (): Promise<void> =>
    refs === undefined
      ? Promise.reject(new DOMException("late", "TimeoutError"))
      : Promise.resolve();
  return { mirror: { ...mirror, refresh }, argv };
}

function forward(
  mirror: Mirror,
  commands: readonly RefCommand[],
  isAtomic = false,
): Promise<Forwarded> {
  const { signal } = new AbortController();
  return forwardPush(mirror, { commands, isAtomic, options: [] }, { onLine: () => {}, signal });
}

/** `[ref, refusal, reason]` of each. */
function told({ results }: Forwarded): readonly unknown[] {
  return results.map(({ ref, refusal, reason }) => [ref, refusal, reason]);
}

Deno.test("forwardPush tells each ref's answer, in the order in which they were asked for", async () => {
  const { mirror } = mirrorOf([
    git(
      `To upstream\n!\t${B}:refs/heads/main\t[remote rejected] (closed)\n*\t${A}:refs/heads/new\t[new branch]\nDone\n`,
      1,
    ),
  ]);
  const forwarded = await forward(mirror, [make, move]);
  assert.equal(forwarded.failure, undefined);
  assert.deepEqual(told(forwarded), [
    ["refs/heads/new", undefined, undefined],
    ["refs/heads/main", "closed", "upstream-refused"],
  ]);
});

Deno.test("forwardPush asks what the upstream has where the connection broke, and believes that", async () => {
  const broken = git("", 128, "fatal: the remote end hung up unexpectedly");
  const { mirror } = mirrorOf([broken], `${B} refs/heads/main\n`);
  const forwarded = await forward(mirror, [make, move, remove]);
  assert.equal(forwarded.failure?.reason, "upstream-down");
  assert.deepEqual(told(forwarded), [
    ["refs/heads/new", "the upstream can't be reached", "upstream-down"],
    ["refs/heads/main", undefined, undefined],
    ["refs/heads/gone", undefined, undefined],
  ]);
});

Deno.test("forwardPush takes nothing for taken where the upstream can't be asked", async () => {
  const denied = git("", 128, "git@upstream: Permission denied (publickey).");
  const forwarded = await forward(mirrorOf([denied]).mirror, [make, remove]);
  assert.equal(forwarded.failure?.reason, "upstream-denied");
  assert.ok(forwarded.results.every(({ reason }) => reason === "upstream-denied"));
});

Deno.test("forwardPush takes a ref that nobody changed for not taken", async () => {
  const { mirror } = mirrorOf([git("", 128, "fatal: early EOF")], `${A} refs/heads/main\n`);
  const forwarded = await forward(mirror, [move, {
    ...move,
    ref: "refs/heads/none",
    old: NONE,
    new: NONE,
  }]);
  assert.ok(forwarded.results.every(({ reason }) => reason === "upstream-down"));
});

Deno.test("forwardPush passes on what the upstream's git can't do", async () => {
  const stderr = "fatal: the receiving end does not support push options\nmore\n";
  const { failure } = await forward(mirrorOf([git("", 128, stderr)]).mirror, [make]);
  assert.deepEqual([failure?.reason, failure?.message], [
    "upstream-refused",
    "the receiving end does not support push options",
  ]);
});

Deno.test("forwardPush goes on without a ref that somebody else has deleted", async () => {
  const gone = git("", 1, "error: unable to delete 'refs/heads/gone': remote ref does not exist\n");
  const { mirror, argv } = mirrorOf([gone, git(`*\t${A}:refs/heads/new\t[new branch]\n`)]);
  const forwarded = await forward(mirror, [make, remove]);
  assert.deepEqual(told(forwarded), [
    ["refs/heads/new", undefined, undefined],
    ["refs/heads/gone", undefined, undefined],
  ]);
  assert.ok(!argv[1]?.some((arg) => arg.includes("refs/heads/gone")));
});

Deno.test("forwardPush says so where the upstream took too long, or said nothing", async () => {
  const late = await forward(mirrorOf([git("", TIMED_OUT)]).mirror, [make]);
  assert.match(late.failure?.message ?? "", /did not answer within 900 s/);
  const silent = await forward(mirrorOf([git("Done\n")]).mirror, [make]);
  assert.match(silent.failure?.message ?? "", /broke off before it said what became of each ref/);
});

Deno.test("forwardPush sends many refs in parts, and nothing more once one failed", async () => {
  const commands = Array.from({ length: 1_200 }, (_, n): RefCommand => ({
    ...make,
    ref: `refs/tags/${n}`,
  }));
  const answer = (from: number, to: number): GitResult =>
    git(commands.slice(from, to).map(({ ref }) => `*\t${A}:${ref}\t[new tag]\n`).join(""));
  const all = mirrorOf([answer(0, 500), answer(500, 1_000), answer(1_000, 1_200)]);
  const forwarded = await forward(all.mirror, commands);
  assert.equal(all.argv.length, 3);
  assert.ok(forwarded.results.every(({ reason }) => reason === undefined));
  const broken = mirrorOf([answer(0, 500), git("", 128, "fatal: early EOF")]);
  const { results } = await forward(broken.mirror, commands);
  assert.equal(broken.argv.length, 2);
  assert.equal(results.filter(({ reason }) => reason === undefined).length, 500);
});

Deno.test("forwardPush sends atomic pushes whole or not at all", async () => {
  const commands = Array.from({ length: 3_000 }, (_, n): RefCommand => ({
    ...make,
    ref: `refs/tags/${"x".repeat(230)}${n}`,
  }));
  const { mirror, argv } = mirrorOf([]);
  const forwarded = await forward(mirror, commands, true);
  assert.equal(argv.length, 0);
  assert.equal(forwarded.failure?.reason, "push-too-big");
  assert.ok(forwarded.results.every(({ reason }) => reason === "push-too-big"));
});
