import assert from "node:assert/strict";
import { endProcessesOf } from "../../../../lib/process/end_processes_of.ts";

Deno.test("endProcessesOf refuses root and other users of the system's", async () => {
  for (const uid of [0, 1, 999, -1, Number.NaN]) {
    await assert.rejects(endProcessesOf({ uid, gid: 1002 }), TypeError, String(uid));
  }
});
