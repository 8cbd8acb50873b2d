import assert from "node:assert/strict";
import { createRun } from "../../../lib/process/create_run.ts";
import { ROOT } from "../../support/suites/files.ts";

// Deno 2.9 has them off unless deno.json says otherwise; a leak would then pass unseen.
Deno.test("deno.json makes a test that leaks fail", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(
      `${folder}/leak_test.ts`,
      `Deno.test("op", () => void setInterval(() => {}, 1000));
       Deno.test("resource", () => void Deno.openSync("${ROOT}deno.json"));`,
    );
    const argv = [Deno.execPath(), "test", "--no-check", "-A", `--config=${ROOT}deno.json`, folder];
    const { code, stdout } = await createRun()(argv, { env: { NO_COLOR: "1" } });
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stdout), /0 passed \| 2 failed/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
