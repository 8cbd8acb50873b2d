import { deepEqual, ok } from "node:assert/strict";
import { createRun } from "../../../lib/process/create_run.ts";
import { BASE, engine } from "./image_subject.ts";

Deno.test("a container has nothing of the proxies in the client's configuration", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const proxy = "http://ann:MARKER@proxy.example:3128";
    const names = ["httpProxy", "httpsProxy", "ftpProxy", "allProxy", "noProxy"];
    const proxies = { default: Object.fromEntries(names.map((name) => [name, proxy])) };
    await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify({ proxies }));
    const args = ["run", "--rm", "--network=none", "--entrypoint=/usr/bin/env", BASE];
    const env = { DOCKER_CONFIG: folder };
    // The client does hand them over when it is not told otherwise.
    const { stdout } = await createRun()(["docker", ...args], { env });
    ok(new TextDecoder().decode(stdout).includes("MARKER"));
    const variables = (await engine.docker(args, { env })).split("\n");
    deepEqual(variables.filter((line) => line.includes("MARKER")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
