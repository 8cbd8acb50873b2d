import assert from "node:assert/strict";
import { alteredStart, refuseAltered, START_PROGRAM } from "../../../../backends/docker/altered.ts";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { parseSlug } from "../../../../lib/names.ts";
import { fakeRun } from "../../../support/context.ts";

/** A bottle in which an agent has worked as node; seen on Docker 20.10. */
const WORKED = [
  ...["C /usr", "C /usr/local", "C /usr/local/share", "A /usr/local/share/bot-bottle"],
  ...["C /usr/sbin", "A /usr/sbin/docker-init", "C /etc", "C /etc/ssl", "C /etc/ssl/certs"],
  ...["C /home", "C /home/node", "A /home/node/bin", "A /home/node/lib/ld.so", "C /tmp"],
];

Deno.test("alteredStart lets pass what provisioning and node have changed", () => {
  assert.equal(alteredStart(WORKED.join("\n")), undefined);
  assert.equal(alteredStart(""), undefined);
});

Deno.test("alteredStart finds program, loader, libraries, the loader's settings, and swapped folders", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["C /usr/bin", "C /usr/bin/sleep"], "/usr/bin"],
    [["C /bin"], "/bin"],
    [["C /bin/sleep"], "/bin/sleep"],
    [["C /lib64"], "/lib64"],
    [["C /lib/ld-musl-x86_64.so.1"], "/lib/ld-musl-x86_64.so.1"],
    [["C /usr/lib/x86_64-linux-gnu/libc.so.6"], "/usr/lib/x86_64-linux-gnu/libc.so.6"],
    [["A /etc/ld.so.preload"], "/etc/ld.so.preload"],
    [["C /etc/ld.so.cache"], "/etc/ld.so.cache"],
    [["A /etc/ld-musl-x86_64.path"], "/etc/ld-musl-x86_64.path"],
  ];
  for (const [lines, path] of cases) {
    assert.equal(alteredStart([...WORKED, ...lines].join("\n")), path);
  }
  for (const folder of ["/usr", "/etc"]) {
    const swapped = WORKED.filter((line) => !line.slice(2).startsWith(`${folder}/`));
    assert.equal(alteredStart(swapped.join("\n")), folder);
  }
});

Deno.test("alteredStart watches over the program that is started", () => {
  assert.equal(alteredStart(`C ${START_PROGRAM}`), START_PROGRAM);
});

Deno.test("refuseAltered says which path it was", async () => {
  const stdout = new TextEncoder().encode("C /usr/bin\nC /usr/bin/sleep\n");
  const engine = createEngine({ run: fakeRun(() => ({ stdout })) });
  const { signal } = new AbortController();
  await assert.rejects(refuseAltered(engine, parseSlug("demo-ab12c"), "f00", signal), {
    code: "agent-altered",
    exitCode: 125,
    message: 'The agent of "demo-ab12c" has changed what its container starts with: "/usr/bin"',
  });
});
