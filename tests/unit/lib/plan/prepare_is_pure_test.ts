/** Preparing starts no program and opens no socket: shown in a process that may do neither. */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { manifestFiles, markdown } from "../../../support/manifest_files.ts";

const PROGRAM = fileURLToPath(new URL("../../../support/prepare_shut_in.ts", import.meta.url));

Deno.test("prepare starts no program, opens no socket and writes nothing", async () => {
  await using files = await manifestFiles({
    "home/agents/reviewer.md": markdown("bottle: dev\nskills: [review]", "Be careful"),
    "home/bottles/dev.md": markdown(
      `extends: base
egress:
  routes:
    - { host: '*.example.co.uk', auth: { scheme: bearer, token_ref: T } }
    - { host: a.example, auth: { scheme: bearer, token_ref: { command: [no-such-program] } } }
    - { host: b.example, auth: { scheme: bearer, token_ref: { file: ~/token } } }`,
    ),
    "home/bottles/base.md": markdown(
      "agent_provider: { template: claude, auth_token: C, dockerfile: own/Dockerfile }",
    ),
    "home/bottles/own/Dockerfile": "FROM x",
    "home/bottles/own/.dockerignore": "left-out",
    "home/bottles/own/tool.sh": "x",
    "home/skills/review/SKILL.md": "x",
    // The search for a repository's root ends here, inside of what may be read.
    ".git/HEAD": "x",
    "token": "t",
    "ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
  });
  await Deno.chmod(`${files.root}/token`, 0o600);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--quiet",
      // Home and repository; and what the package yaml reads when it is imported.
      `--allow-read=${files.root}`,
      "--allow-env=LOG_TOKENS,LOG_STREAM",
      // Whose a credential's file is.
      "--allow-sys=uid",
      PROGRAM,
      files.root,
      files.home,
    ],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const answer = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(answer.slug, "reviewer-aaaaa");
  assert.deepEqual(answer.refused, ["read", "write", "net", "run", "env"], "it is really shut in");
});
