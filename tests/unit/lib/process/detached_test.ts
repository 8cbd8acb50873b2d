import assert from "node:assert/strict";
import { startDetached } from "../../../../lib/process/detached.ts";

/** A program that reads what it is told and then says something. */
const script = (text: string): readonly string[] => ["/bin/sh", "-c", text];

Deno.test({
  name:
    "startDetached tells a program in a session of its own, without an environment, and hears a line",
  // A program that goes on, and its pipe, are let go, not waited for.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const program = startDetached({
      argv: script(
        `read said; set -- $(cut -d' ' -f6 /proc/$$/stat); echo "$said $1 $$ $ONLY $HOME $PWD"; echo more`,
      ),
      env: { ONLY: "this", PATH: "/bin:/usr/bin" },
      cwd: "/",
    });
    await program.tell("hello\n");
    const [said, session, pid, ...rest] = (await program.firstLine ?? "").split(" ");
    assert.deepEqual([said, session, ...rest], ["hello", `${program.pid}`, "this", "", "/"]);
    assert.equal(pid, `${program.pid}`);
  },
});

Deno.test({
  name: "startDetached hears nothing of a program that ends without a word",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const program = startDetached({ argv: script("exit 3"), env: {}, cwd: "/" });
    assert.equal(await program.firstLine, undefined);
    program.kill();
  },
});
