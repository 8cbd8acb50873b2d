import assert from "node:assert/strict";
import { isBranchName, parseBranchName } from "../../../../lib/workspace/branch_name.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { makeRepository } from "../../../support/repository.ts";

const good = ["bot/demo-abcde", "a", "a/b/c", "v1.2", "x-y_z", "é", "a@b", "head"];
const bad = [
  "",
  "-x",
  ".x",
  "/x",
  "x/",
  "x.",
  "x.lock",
  "a.lock/b",
  "a..b",
  "a//b",
  "a/.b",
  "a b",
  "a~b",
  "a^b",
  "a:b",
  "a?b",
  "a*b",
  "a[b",
  "a\\b",
  "a\nb",
  "a\x7fb",
  "a@{b",
  "@",
  "HEAD",
  "refs/heads/x",
  "a'b",
  'a"b',
  "$(x)",
  "`x`",
  "a\u202eb",
  "x".repeat(201),
] as const;

for (const name of good) {
  Deno.test(`isBranchName takes ${name}`, () => assert.ok(isBranchName(name)));
}
for (const name of bad) {
  Deno.test(`isBranchName refuses ${JSON.stringify(name.slice(0, 20))}`, () => {
    assert.ok(!isBranchName(name));
    assert.throws(
      () => parseBranchName(name),
      (error) =>
        error instanceof BottleError && error.code === "branch-invalid" && error.exitCode === 2,
    );
  });
}

Deno.test("isBranchName takes nothing that git refuses", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { git } = await makeRepository(`${folder}/r`);
    for (const name of good) await git("check-ref-format", `refs/heads/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
