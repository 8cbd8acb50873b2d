/** The shell part of `resume`, run by a real shell with a stand-in for the program. */

import assert from "node:assert/strict";
import { writeProgram } from "../../../support/program_file.ts";
import { resumeCommand } from "../../../../providers/claude/commands.ts";

const older = "11111111-1111-4111-8111-111111111111";
const newer = "22222222-2222-4222-8222-222222222222";
const talk = '{"type":"user","message":{}}\n';

async function resumed(sessions: Readonly<Record<string, string>>): Promise<string> {
  const home = await Deno.makeTempDir();
  try {
    const folder = `${home}/.claude/projects/-home-node`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.mkdir(`${home}/bin`);
    await writeProgram(`${home}/bin/claude`, '#!/bin/sh\necho "$@"\n');
    let time = 1_700_000_000;
    for (const [name, content] of Object.entries(sessions)) {
      await Deno.writeTextFile(`${folder}/${name}.jsonl`, content);
      await Deno.utime(`${folder}/${name}.jsonl`, ++time, time);
    }
    const [program = "", ...args] = resumeCommand("/p").argv;
    const { stdout } = await new Deno.Command(program, {
      args,
      env: { HOME: home, PATH: `${home}/bin:/usr/bin:/bin` },
    }).output();
    return new TextDecoder().decode(stdout).trim();
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const flags = "--dangerously-skip-permissions --append-system-prompt-file /p";

const table: readonly [name: string, sessions: Readonly<Record<string, string>>, argv: string][] = [
  ["starts anew without a session", {}, flags],
  [
    "goes on with the newest session",
    { [older]: talk, [newer]: talk },
    `${flags} --resume ${newer}`,
  ],
  ["passes over a session in which nothing was said", {
    [older]: talk,
    [newer]: '{"type":"queue-operation"}\n',
  }, `${flags} --resume ${older}`],
  ["passes over files of other names", {
    [older]: talk,
    "agent-x": talk,
  }, `${flags} --resume ${older}`],
];

for (const [name, sessions, argv] of table) {
  Deno.test(`resumeCommand ${name}`, async () => assert.equal(await resumed(sessions), argv));
}
