import assert from "node:assert/strict";
import { DaemonLog } from "../../../../sidecars/init/daemon_log.ts";

Deno.test("DaemonLog keeps the last 100 lines and hands each on", () => {
  const told: string[] = [];
  const log = new DaemonLog((line) => told.push(line));
  for (let n = 0; n < 150; n++) log.add(`line ${n}`);
  assert.equal(told.length, 150);
  assert.equal(log.lines.length, 100);
  assert.equal(log.lines[0], "line 50");
  assert.equal(log.lines.at(-1), "line 149");
});

Deno.test("DaemonLog escapes what a terminal would act on", () => {
  const log = new DaemonLog(() => {});
  const shown = log.add("a\x1b]52;c;ZXZpbA==\x07\r\n\u202eb\u200b");
  // deno-lint-ignore no-control-regex -- they are what must not be there
  assert.doesNotMatch(shown, /[\x00-\x1f\x7f\u202e\u200b]/);
  assert.match(shown, /^a.*52;c.*b/);
});

Deno.test("DaemonLog cuts a line that is too long", () => {
  const log = new DaemonLog(() => {});
  assert.equal(log.add("x".repeat(10_000)).length, 500);
});

Deno.test("DaemonLog takes out what init knows to be secret", () => {
  const told: string[] = [];
  const log = new DaemonLog((line) => told.push(line));
  log.hide(["sk-marker-12345", "sk-marker-12345-longer"]);
  log.add("failed with sk-marker-12345-longer and sk-marker-12345");
  assert.doesNotMatch([...log.lines, ...told].join(), /marker/);
});
