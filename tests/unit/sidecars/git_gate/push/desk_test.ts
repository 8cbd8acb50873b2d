import assert from "node:assert/strict";
import type { AuditRow } from "../../../../../lib/egress/audit/audit_row.ts";
import { BottleError } from "../../../../../lib/errors.ts";
import type { GateRepo } from "../../../../../lib/git_gate/config.ts";
import { FLUSH, packet } from "../../../../../lib/git_gate/pkt_line.ts";
import type { PushFinding } from "../../../../../lib/git_gate/push_record.ts";
import { unlessAborted } from "../../../../../lib/unless_aborted.ts";
import { AuditSender } from "../../../../../sidecars/audit/audit_sender.ts";
import type { GitOptions, GitResult } from "../../../../../sidecars/git_gate/git.ts";
import type { Mirror } from "../../../../../sidecars/git_gate/mirror.ts";
import type { OpenPush } from "../../../../../sidecars/git_gate/open_push.ts";
import { openPushDesk, type PushDesk } from "../../../../../sidecars/git_gate/push/desk.ts";
import { fakeMirror } from "../../../../support/git/fake_mirror.ts";

const NONE = "0".repeat(40);
const A = "a".repeat(40);
const COMMAND = `${NONE} ${A} refs/heads/a`;
const PACK = `pack-${"b".repeat(40)}`;
const UPSTREAM: GateRepo["upstream"] = {
  scheme: "https",
  host: "git.example.com",
  port: 443,
  path: "/a",
  username: "x",
  token: "t",
};

/** A mirror on disk, a desk, and what is behind them. */
interface Stage extends AsyncDisposable {
  readonly desk: PushDesk;
  readonly mirror: Mirror;
  readonly rows: readonly AuditRow[];
  readonly bugs: readonly unknown[];
  /** `git push` and `git update-ref`. */
  readonly argv: readonly (readonly string[])[];
  /** Of what is pushed next. */
  scan(findings: readonly PushFinding[] | Error): void;
  /** Of the next `git push`. */
  answer(result: Promise<GitResult>): void;
  refuseRows(): void;
  /** Ends the desk; once. */
  end(): Promise<void>;
  /** Waits for rows under way. */
  settled(): Promise<void>;
  /** A pack in a quarantine, as git has it; the three lines that its hook says. */
  quarantine(): Promise<readonly string[]>;
  /** A hook says this and hears that. */
  hook(text: string): Promise<readonly string[]>;
}

const { signal: never } = new AbortController();

function git(stdout = "", code = 0, stderr = ""): GitResult {
  return { code, stdout: new TextEncoder().encode(stdout), stderr };
}

async function openStage(): Promise<Stage> {
  const folder = await Deno.makeTempDir({ prefix: "bot-bottle-test-desk-" });
  const rows: AuditRow[] = [];
  const bugs: unknown[] = [];
  const argv: (readonly string[])[] = [];
  let findings: readonly PushFinding[] | Error = [];
  let pushed: Promise<GitResult> = Promise.resolve(git(`*\t${A}:refs/heads/a\t[new branch]\n`));
  let isRefused = false;
  const audit = new AuditSender((batch) => {
    if (isRefused) return Promise.reject(new Error("no rows"));
    rows.push(...batch);
    return Promise.resolve();
  });
  const fake = fakeMirror(() => git());
  const mirror: Mirror = {
    ...fake,
    repo: { ...fake.repo, upstream: UPSTREAM },
    folder: `${folder}/mirror`,
    git: (args, { signal } = {}) => {
      if (args[0] === "push" || args[0] === "update-ref") argv.push(args);
      return args[0] === "push"
        ? unlessAborted(pushed, signal ?? never)
        : Promise.resolve(git(args[0] === "rev-list" ? "x" : ""));
    },
  };
  await Deno.mkdir(`${mirror.folder}/objects/pack`, { recursive: true });
  const desk = await openPushDesk({
    socket: `${folder}/s`,
    folder,
    audit,
    scan: () =>
      findings instanceof Error
        ? Promise.reject(findings)
        : Promise.resolve({ findings, objects: 1 }),
    tellFindings: () => ["  a.env:3"],
    onBug: (error) => bugs.push(error),
  });
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> => ended ??= desk[Symbol.asyncDispose]();
  return {
    desk,
    end,
    mirror,
    rows,
    bugs,
    argv,
    scan: (given) => {
      findings = given;
    },
    answer: (result) => {
      pushed = result;
    },
    refuseRows: () => {
      isRefused = true;
    },
    settled: () => audit.close(1_000),
    quarantine: async () => {
      const place = `${mirror.folder}/objects/tmp_objdir-incoming-aaaaaa`;
      await Deno.mkdir(`${place}/pack`, { recursive: true });
      const head = new Uint8Array([...new TextEncoder().encode("PACK"), 0, 0, 0, 2, 0, 0, 0, 3]);
      await Deno.writeFile(`${place}/pack/${PACK}.pack`, head);
      return [place, `${mirror.folder}/objects`, place];
    },
    hook: (text) => say(`${folder}/s`, text),
    [Symbol.asyncDispose]: async () => {
      await end();
      await audit.close(1_000);
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function say(path: string, text: string): Promise<readonly string[]> {
  using conn = await Deno.connect({ transport: "unix", path });
  await conn.write(new TextEncoder().encode(text));
  await conn.closeWrite();
  const pieces: Uint8Array[] = [];
  const piece = new Uint8Array(4_096);
  for (let n = await conn.read(piece); n !== null; n = await conn.read(piece)) {
    pieces.push(piece.slice(0, n));
  }
  return pieces.map((one) => new TextDecoder().decode(one)).join("").split("\n").slice(0, -1);
}

function preReceive(
  push: OpenPush,
  quarantine: readonly string[],
  ...commands: readonly string[]
): string {
  const lines = [`pre-receive ${push.env.BOT_BOTTLE_PUSH}`, ...quarantine, "0", ...commands];
  return lines.map((line) => `${line}\n`).join("");
}

function procReceive(push: OpenPush, ...commands: readonly string[]): string {
  return `proc-receive ${push.env.BOT_BOTTLE_PUSH}\n${packet("version=1\n")}${FLUSH}` +
    `${commands.map(packet).join("")}${FLUSH}${FLUSH}`;
}

const OVER = { code: 0, isCut: false, stderr: "" } as const;

function begin({ desk, mirror }: Stage): OpenPush {
  return desk.begin(mirror, new AbortController().signal);
}

Deno.test("PushDesk sees a push from its first hook to its row", async () => {
  await using stage = await openStage();
  const push = begin(stage);
  assert.equal(push.env.GIT_CONFIG_VALUE_0, String(stage.mirror.repo.rules.max_bytes));
  const quarantine = await stage.quarantine();
  assert.deepEqual(await stage.hook(preReceive(push, quarantine, COMMAND)), ["accepted"]);
  assert.deepEqual(await stage.hook(procReceive(push, COMMAND)), [
    `tell ${packet("ok refs/heads/a")}`,
    `tell ${FLUSH}`,
    "accepted",
  ]);
  assert.deepEqual(stage.argv.map(([verb]) => verb), ["push", "update-ref"]);
  await push.finish(OVER);
  await stage.settled();
  const [row, ...more] = stage.rows;
  assert.equal(more.length, 0);
  assert.deepEqual([row?.verdict, row?.push?.objects, row?.bytes_up], ["allowed", 3, 12]);
  assert.deepEqual(stage.bugs, []);
});

Deno.test("PushDesk shows why a push is refused, and asks the upstream nothing", async () => {
  await using stage = await openStage();
  const push = begin(stage);
  const finding = { rule: "x", kind: "file", path: "a.env", line: 3, object: A } as const;
  stage.scan([finding]);
  const heard = await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
  assert.equal(heard[0], "show git-gate refused this push: a secret is in it");
  assert.ok(heard.includes("show   a.env:3"));
  assert.equal(heard.at(-1), "refused");
  assert.deepEqual(
    await stage.hook(procReceive(push, COMMAND)).then((all) => all.at(-1)),
    "refused",
  );
  await push.finish(OVER);
  await stage.settled();
  assert.deepEqual(stage.argv, []);
  assert.deepEqual(stage.rows.map(({ verdict, reason, bytes_up }) => [verdict, reason, bytes_up]), [
    ["blocked", "push-secret", 0],
  ]);
  assert.deepEqual(stage.rows[0]?.push?.findings, [finding]);
});

Deno.test("PushDesk lets nothing pass that could not be scanned", async () => {
  const errors = [
    new BottleError("gitleaks is missing", { code: "scan-failed" }),
    new TypeError("x"),
  ];
  for (const error of errors) {
    await using stage = await openStage();
    const push = begin(stage);
    stage.scan(error);
    const heard = await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
    assert.equal(heard[0], "show git-gate refused this push: it could not be scanned");
    assert.equal(heard.at(-1), "refused");
    await push.finish(OVER);
    assert.equal(stage.bugs.length, error instanceof BottleError ? 0 : 1);
  }
});

Deno.test("PushDesk forwards nothing that it has not judged", async () => {
  const asked: readonly (readonly string[])[] = [
    [`${NONE} ${A} refs/heads/b`],
    [COMMAND, `${NONE} ${A} refs/heads/b`],
    [`${NONE} ${"c".repeat(40)} refs/heads/a`],
    [`${A} ${NONE} refs/heads/a`],
  ];
  for (const commands of asked) {
    await using stage = await openStage();
    const push = begin(stage);
    await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
    const heard = await stage.hook(procReceive(push, ...commands));
    assert.equal(heard.at(-1), "refused");
    await push.finish(OVER);
    assert.deepEqual(stage.argv, []);
  }
});

Deno.test("PushDesk forwards a push once", async () => {
  await using stage = await openStage();
  const push = begin(stage);
  const first = preReceive(push, await stage.quarantine(), COMMAND);
  await stage.hook(first);
  assert.deepEqual(await stage.hook(first), ["refused"]);
  await stage.hook(procReceive(push, COMMAND));
  assert.equal((await stage.hook(procReceive(push, COMMAND))).at(-1), "refused");
  assert.equal(stage.argv.filter(([verb]) => verb === "push").length, 1);
  await push.finish(OVER);
  assert.deepEqual(await stage.hook(procReceive(push, COMMAND)), ["refused"]);
});

Deno.test("PushDesk refuses what it does not know, and goes on", async () => {
  await using stage = await openStage();
  const unknown = preReceive({ ...begin(stage), env: { BOT_BOTTLE_PUSH: "0".repeat(32) } }, [], "");
  for (const text of [unknown, "", "GET / HTTP/1.1\n\n", "pre-receive\n"]) {
    assert.deepEqual(await stage.hook(text), ["refused"]);
  }
  const push = begin(stage);
  assert.deepEqual(await stage.hook(preReceive(push, await stage.quarantine(), COMMAND)), [
    "accepted",
  ]);
  await push.finish(OVER);
});

Deno.test("PushDesk refuses a push that the ledger does not take", async () => {
  await using stage = await openStage();
  stage.refuseRows();
  const push = begin(stage);
  const heard = await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
  assert.equal(heard[0], "show git-gate refused this push: it could not be recorded");
  await push.finish(OVER);
  assert.deepEqual(stage.argv, []);
});

Deno.test("PushDesk tells of a push that is cut, of one that git refuses, and not of one that asks for nothing", async () => {
  await using stage = await openStage();
  await begin(stage).finish(OVER);
  await begin(stage).finish({ code: 143, isCut: true, stderr: "" });
  const bad = begin(stage);
  const event = { event: "error", msg: "pack exceeds maximum allowed size (1.00 KiB)" };
  await Deno.writeTextFile(bad.env.GIT_TRACE2_EVENT ?? "", JSON.stringify(event));
  await bad.finish(OVER);
  await assert.rejects(Deno.stat(bad.env.GIT_TRACE2_EVENT ?? ""), Deno.errors.NotFound);
  await stage.settled();
  assert.deepEqual(stage.rows.map(({ verdict, reason }) => [verdict, reason]), [
    ["failed", "push-cut"],
    ["blocked", "push-too-big"],
  ]);
});

Deno.test("PushDesk sees a push to its end whose pusher has gone, and tells what was taken", async () => {
  await using stage = await openStage();
  const gone = new AbortController();
  const push = stage.desk.begin(stage.mirror, gone.signal);
  await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
  const upstream = Promise.withResolvers<GitResult>();
  const asked = Promise.withResolvers<void>();
  const { mirror } = stage;
  const git = mirror.git.bind(mirror);
  Object.assign(mirror, {
    git: (args: readonly string[], options?: GitOptions): Promise<GitResult> => {
      if (args[0] === "push") asked.resolve();
      return git(args, options);
    },
  });
  stage.answer(upstream.promise);
  const heard = stage.hook(procReceive(push, COMMAND));
  await asked.promise;
  gone.abort();
  const finished = push.finish({ code: 143, isCut: true, stderr: "" });
  upstream.resolve({
    code: 0,
    stdout: new TextEncoder().encode(`*\t${A}:refs/heads/a\t[new branch]\n`),
    stderr: "",
  });
  await finished;
  await heard;
  await stage.settled();
  assert.deepEqual(stage.rows.map(({ verdict }) => verdict), ["allowed"]);
});

Deno.test("PushDesk says of a push that goes on while the gate ends that the upstream may have it", async () => {
  await using stage = await openStage();
  const push = begin(stage);
  await stage.hook(preReceive(push, await stage.quarantine(), COMMAND));
  stage.answer(new Promise(() => {}));
  const heard = stage.hook(procReceive(push, COMMAND));
  while (stage.argv.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const ending = stage.end();
  await push.finish({ code: 143, isCut: true, stderr: "" });
  await ending;
  assert.equal((await heard).at(-1), "refused");
  await stage.settled();
  const [row] = stage.rows;
  assert.deepEqual([row?.verdict, row?.reason], ["failed", "push-cut"]);
  assert.match(row?.detail ?? "", /may have taken it/);
});
