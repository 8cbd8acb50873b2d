import assert from "node:assert/strict";
import { parseLabel } from "../../../cli/label.ts";
import { makeCli } from "../../support/cli.ts";

Deno.test("parseLabel takes a printable line", () => {
  for (const text of ["nightly", "flaky tests – 日本", "a".repeat(80)]) {
    assert.equal(parseLabel(text), text);
  }
});

for (
  const text of ["", "a\nb", "a\u001b[31m", "a\u202eb", "a\u200bb", "a\u2028b", "a".repeat(81)]
) {
  Deno.test(`parseLabel refuses ${JSON.stringify(text.slice(0, 12))}`, () => {
    assert.throws(() => parseLabel(text), { code: "usage", exitCode: 2 });
  });
}

Deno.test("rename changes what list shows, and nothing else", async () => {
  await using cli = await makeCli();
  await cli.run("start", "demo", "--yes", "--detach", "--label", "old");
  const before = (await cli.states.all()).states[0];
  assert.ok(before !== undefined);
  assert.deepEqual(await cli.run("rename", before.slug, "new"), {
    code: 0,
    stdout: "",
    stderr: "",
  });
  assert.deepEqual(await cli.states.read(before.slug), { ...before, label: "new" });
  assert.match((await cli.run("list")).stdout, /new/);
  await cli.run("rename", before.slug, "");
  assert.equal((await cli.states.read(before.slug)).label, null);
  assert.equal((await cli.run("rename", "demo-zzzzz", "x")).code, 1);
  assert.equal((await cli.run("rename", before.slug, "a\nb")).code, 2);
});
