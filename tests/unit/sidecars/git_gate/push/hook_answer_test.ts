import assert from "node:assert/strict";
import { answerTo } from "../../../../../sidecars/git_gate/push/hook_answer.ts";

Deno.test("answerTo writes whole lines in turn, whatever the pipe takes at once", async () => {
  const bytes: number[] = [];
  const answer = answerTo({
    write: async (piece) => {
      await Promise.resolve();
      const taken = Math.min(3, piece.length);
      bytes.push(...piece.subarray(0, taken));
      return taken;
    },
  });
  await Promise.all([
    answer.show("a line\nand\rno other"),
    answer.tell("0013ok refs/heads/a"),
    answer.end("accepted"),
  ]);
  assert.equal(
    new TextDecoder().decode(new Uint8Array(bytes)),
    "show a line and no other\ntell 0013ok refs/heads/a\naccepted\n",
  );
});

Deno.test("answerTo goes on where the hook is gone", async () => {
  let tries = 0;
  const answer = answerTo({
    write: () => {
      tries++;
      return Promise.reject(new Deno.errors.BrokenPipe());
    },
  });
  await answer.show("a");
  await answer.end("refused");
  assert.equal(tries, 2);
});
