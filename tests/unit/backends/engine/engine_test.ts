import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { createEngine } from "../../../../backends/engine/engine.ts";
import { BottleError } from "../../../../lib/errors.ts";
import { fakeRun } from "../../../support/context.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("docker gives stdout without its last line end", async () => {
  const run = fakeRun(() => ({ stdout: encode("one\ntwo\n") }));
  equal(await createEngine({ run }).docker(["ps", "--all"]), "one\ntwo");
  deepEqual(run.calls, [["docker", "ps", "--all"]]);
});

Deno.test("every way to make a container keeps the proxies of the client's configuration out of it", async () => {
  const run = fakeRun();
  const engine = createEngine({ run });
  await engine.docker(["run", "--rm", "x"]);
  await engine.raw(["create", "x"]);
  await engine.raw(["network", "create", "x"]);
  await engine.raw(["exec", "x", "run"]);
  const [ran = [], created = [], ...others] = run.calls;
  for (const call of [ran, created]) {
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "no_proxy"]) {
      equal(call[call.indexOf(`${name}=`) - 1], "--env", name);
    }
  }
  deepEqual([ran.slice(0, 2), ran.slice(-2)], [["docker", "run"], ["--rm", "x"]]);
  deepEqual(others, [["docker", "network", "create", "x"], ["docker", "exec", "x", "run"]]);
});

Deno.test("docker throws what the engine said, raw gives it back", async () => {
  const run = fakeRun(() => ({ code: 3, stderr: encode("Error: No such volume: v") }));
  const engine = createEngine({ run });
  await rejects(engine.docker(["volume", "inspect", "v"]), { code: "engine-not-found" });
  equal((await engine.raw(["volume", "inspect", "v"])).code, 3);
});

Deno.test("every way to call says what to install where there is no docker", async () => {
  const missing = new BottleError(`No program "docker"`, { code: "program-missing" });
  const run = Object.assign(fakeRun(() => Promise.reject(missing)), {
    duplex: (): never => {
      throw missing;
    },
  });
  const engine = createEngine({ run });
  const wanted = { code: "docker-missing", exitCode: 125, message: `No "docker" command on PATH` };
  await rejects(engine.docker(["version"]), wanted);
  await rejects(engine.raw(["version"]), wanted);
  await rejects(engine.terminal(["version"]), wanted);
  throws(() => engine.duplex(["version"]), wanted);
});

Deno.test("other errors pass as they are", async () => {
  const reason = new Error("aborted");
  const run = fakeRun(() => Promise.reject(reason));
  await rejects(createEngine({ run }).docker(["version"]), (error) => error === reason);
});
