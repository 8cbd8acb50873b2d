import assert from "node:assert/strict";
import { permissionFlags } from "../../../cli/permissions.ts";

Deno.test("the launcher gives the permissions of the list and no others", async () => {
  const launcher = new URL("../../../scripts/bot-bottle", import.meta.url);
  const text = (await Deno.readTextFile(launcher)).replaceAll("\\\n", " ");
  const [, call = ""] = /exec "\$DENO" run (.*) "\$ROOT\/cli\/main\.ts"/.exec(text) ?? [];
  const flags = call.replaceAll('"', "").replace("$(id -u)", "1000").split(/\s+/).filter((flag) =>
    !/^--(quiet|frozen)$/.test(flag)
  );
  assert.deepEqual(flags, permissionFlags(1000));
  assert.ok(flags.every((flag) => !/allow-(all|ffi|net(?!=unix:))/.test(flag)));
});
