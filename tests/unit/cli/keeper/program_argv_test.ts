import assert from "node:assert/strict";
import { keeperEnvironment } from "../../../../cli/keeper/environment.ts";
import { programArgv } from "../../../../cli/keeper/program_argv.ts";
import { permissionFlags } from "../../../../cli/permissions.ts";

const form = { execPath: "/bin/deno", isCompiled: false, entry: "file:///x/cli/main.ts", uid: 7 };

for (
  const entry of [
    "file:///x/cli/main.ts",
    "file:///x/dist/bot-bottle.js",
    "https://example.com/cli/main.ts",
  ]
) {
  Deno.test(`programArgv has Deno run ${entry} with the launcher's permissions`, () => {
    assert.deepEqual(programArgv({ ...form, entry }, "keeper", "demo-ab12c"), [
      "/bin/deno",
      "run",
      "--quiet",
      ...permissionFlags(7),
      entry,
      "keeper",
      "demo-ab12c",
    ]);
  });
}

Deno.test("programArgv runs a compiled program by itself: its permissions are inside", () => {
  const compiled = { ...form, execPath: "/bin/bot-bottle", isCompiled: true };
  assert.deepEqual(programArgv(compiled, "keeper", "demo-ab12c"), [
    "/bin/bot-bottle",
    "keeper",
    "demo-ab12c",
  ]);
});

Deno.test("keeperEnvironment hands on what the engine's client needs, and no credential", () => {
  const variables: Record<string, string> = {
    PATH: "/bin",
    HOME: "/home/me",
    DOCKER_HOST: "ssh://there",
    SSH_AUTH_SOCK: "/tmp/agent",
    BOT_BOTTLE_HOME: "relative",
    GITHUB_TOKEN: "marker",
    ANTHROPIC_API_KEY: "marker",
    HTTPS_PROXY: "http://me:marker@proxy",
  };
  assert.deepEqual(keeperEnvironment((name) => variables[name], "/home/me/.bot-bottle"), {
    BOT_BOTTLE_HOME: "/home/me/.bot-bottle",
    PATH: "/bin",
    HOME: "/home/me",
    DOCKER_HOST: "ssh://there",
    SSH_AUTH_SOCK: "/tmp/agent",
  });
});
