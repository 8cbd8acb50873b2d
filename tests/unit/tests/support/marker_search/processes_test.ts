import assert from "node:assert/strict";
import { needlesOf } from "../../../../support/marker_search/needle.ts";
import { parseMaps, scanArgvs, scanProcess } from "../../../../support/marker_search/processes.ts";

const maps = `55f6-55f7 r--p 00000000 00:32 1499372                    /usr/bin/sleep
7f00-7f01 ---p 00000000 00:00 0 
7f02-7f04 rw-p 00000000 00:00 0 
7ffc-7ffd rw-p 00000000 00:00 0                          [stack]
7ffe-7fff r--p 00000000 00:00 0                          [vvar]
ffff-fffff --xp 00000000 00:00 0                  [vsyscall]
`;

Deno.test("parseMaps takes what can be read and is the program's own", () => {
  assert.deepEqual(parseMaps(maps), [
    { from: 0x55f6, to: 0x55f7 },
    { from: 0x7f02, to: 0x7f04 },
    { from: 0x7ffc, to: 0x7ffd },
  ]);
});

Deno.test({
  name: "scanProcess finds what stands in a process's environment, argv and memory alone",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const id = crypto.randomUUID();
    const marks = ["environ", "argv", "memory"].map((place) => `MARKER-${place}-${id}`);
    const [environ = "", argv = "", memory = ""] = marks;
    const child = new Deno.Command("sh", {
      args: ["-c", "read -r line; echo ready; read -r more; : $line", argv],
      env: { PLANTED: environ },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${memory}\n`));
    const reader = child.stdout.getReader();
    await reader.read();
    const needles = marks.flatMap(needlesOf);
    const found = await scanProcess(needles, child.pid);
    const argvs = await scanArgvs(needles);
    await writer.close();
    await reader.cancel();
    await child.status;
    assert.ok(found !== null);
    assert.deepEqual(found.environment.map(({ marker }) => marker), [environ]);
    assert.ok(found.memory.some(({ marker }) => marker === memory));
    assert.ok(argvs.some(({ marker }) => marker === argv));
    assert.ok(argvs.every(({ marker }) => marker === argv));
    assert.equal(await scanProcess(needles, child.pid), null);
  },
});
