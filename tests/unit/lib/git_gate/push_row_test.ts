import assert from "node:assert/strict";
import { parseAuditRow } from "../../../../lib/audit/row.ts";
import { auditRowSchema } from "../../../../lib/audit/row_schema.ts";
import type { GateRepo } from "../../../../lib/git_gate/config.ts";
import type { PushedRef, PushFinding } from "../../../../lib/git_gate/push_record.ts";
import { gitRow, HIDDEN_REF, shownPath } from "../../../../lib/git_gate/push_row.ts";

const repo: Pick<GateRepo, "name" | "upstream"> = {
  name: "widget",
  upstream: {
    scheme: "ssh",
    user: "git",
    host: "git.example.com",
    port: 22,
    path: "team/widget.git",
    host_key: "ssh-ed25519 AAAA",
    private_key: "PRIVATE",
  },
};
const span = { started: 0, ended: 12.4 };

function ref(name: string): PushedRef {
  return { ref: name, old: "0".repeat(40), new: "a".repeat(40), accepted: true };
}

function finding(given: Partial<PushFinding>): PushFinding {
  return {
    rule: "aws",
    what: "a key",
    kind: "file",
    path: "a.txt",
    line: 3,
    object: "b".repeat(40),
    ...given,
  };
}

Deno.test("gitRow tells a push that was taken, with its upstream and without a credential", () => {
  const outcome = {
    verdict: "allowed",
    refs: [ref("refs/heads/a")],
    objects: 3,
    bytesUp: 40,
  } as const;
  const row = gitRow("push", repo, { ...outcome, ...span });
  assert.deepEqual(row, {
    time: "1970-01-01T00:00:00.000Z",
    kind: "git",
    method: "push",
    scheme: "ssh",
    host: "git.example.com",
    port: 22,
    path: "/~/team/widget.git",
    verdict: "allowed",
    push: { repo: "widget", refs: [ref("refs/heads/a")], findings: [], objects: 3 },
    status: 0,
    bytes_up: 40,
    bytes_down: 0,
    duration_ms: 12,
  });
  assert.deepEqual(parseAuditRow(row), row);
});

Deno.test("gitRow of a fetch has no push in it", () => {
  const row = gitRow("fetch", repo, { verdict: "failed", reason: "upstream-down", ...span });
  assert.equal(row.push, undefined);
  assert.deepEqual([row.method, row.reason], ["fetch", "upstream-down"]);
});

Deno.test("gitRow stays in its bounds whatever names are pushed, and counts the rest", () => {
  const names = ["\x1b".repeat(1_000), "a".repeat(300), "\u{1f600}".repeat(200)];
  const refs = names.flatMap((name) => new Array(100).fill(ref(name)));
  const findings = names.flatMap((path) => new Array(30).fill(finding({ path })));
  const detail = "\x07".repeat(5_000);
  const row = gitRow("push", repo, {
    verdict: "blocked",
    reason: "push-secret",
    detail,
    refs,
    findings,
    ...span,
  });
  assert.ok(JSON.stringify(row).length < 40 * 1024, `${JSON.stringify(row).length}`);
  assert.equal(row.push?.refs.length, 32);
  assert.equal(row.push?.refs_more, 300 - 32);
  assert.equal(row.push?.findings.length, 31);
  assert.equal(row.push?.findings_more, 90 - 31);
  assert.deepEqual(parseAuditRow(row), row);
  auditRowSchema.parse(row);
});

Deno.test("gitRow names at most 100 refs and 50 findings", () => {
  const refs = Array.from({ length: 101 }, (_, n) => ref(`refs/heads/${n}`));
  const findings = Array.from({ length: 51 }, () => finding({}));
  const { push } = gitRow("push", repo, { verdict: "allowed", refs, findings, ...span });
  assert.deepEqual([push?.refs.length, push?.refs_more], [100, 1]);
  assert.deepEqual([push?.findings.length, push?.findings_more], [50, 1]);
});

Deno.test("gitRow hides the name of a ref in which something was found", () => {
  const secret = "refs/heads/ghp_0123456789";
  const refs = [ref("refs/heads/a"), ref(secret)];
  const told = (path: string): readonly string[] => {
    const findings = [finding({ kind: "ref", path })];
    const row = gitRow("push", repo, { verdict: "blocked", refs, findings, ...span });
    assert.ok(!JSON.stringify(row).includes("ghp_"));
    return row.push?.refs.map((one) => one.ref) ?? [];
  };
  assert.deepEqual(told(secret), ["refs/heads/a", HIDDEN_REF]);
  assert.deepEqual(told("a ref"), [HIDDEN_REF, HIDDEN_REF]);
});

Deno.test("shownPath writes a path as a url has it", () => {
  const { upstream } = repo;
  const paths = [["/srv/a", "/srv/a"], ["a/b", "/~/a/b"], ["~ada/b", "/~ada/b"]] as const;
  for (const [path, shown] of paths) assert.equal(shownPath({ ...upstream, path }), shown);
});
