import assert from "node:assert/strict";
import { listLeftKeepers } from "../../../../support/suites/left_keepers.ts";
import { manifestFiles } from "../../../../support/manifest_files.ts";

const argv = (...parts: string[]): string => `${parts.join("\0")}\0`;

Deno.test("listLeftKeepers finds the keepers of homes below a folder, and nothing else", async () => {
  await using files = await manifestFiles({
    "proc/7/cmdline": argv("deno", "run", "/x/cli/main.ts", "keeper", "demo-ab12c"),
    "proc/7/environ": argv("PATH=/bin", "BOT_BOTTLE_HOME=/tests/e2e/home"),
    "proc/8/cmdline": argv("deno", "run", "/x/cli/main.ts", "keeper", "demo-zzzzz"),
    "proc/8/environ": argv("BOT_BOTTLE_HOME=/home/me/.bot-bottle"),
    "proc/9/cmdline": argv("deno", "run", "/x/cli/main.ts", "stop", "demo-ab12c"),
    "proc/9/environ": argv("BOT_BOTTLE_HOME=/tests/e2e/home"),
    "proc/10/cmdline": "",
    "proc/self/cmdline": argv("keeper", "x"),
  });
  assert.deepEqual(await listLeftKeepers("/tests", `${files.root}/proc`), [
    { pid: 7, slug: "demo-ab12c", home: "/tests/e2e/home" },
  ]);
});

Deno.test("listLeftKeepers finds none where the system does not tell", async () => {
  assert.deepEqual(await listLeftKeepers("/tests", "/nowhere"), []);
});
