/** Where the bottle's credentials must not be found: what the program shows of itself, and all that it says. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { startEgress } from "../../support/egress/program.ts";
import { patiently } from "../../support/egress/wire.ts";
import { AT_REST, IN_LOGS } from "./credentials/tests.ts";
import { spellings } from "./credentials/spell.ts";
import { TOKENS } from "./hosts.ts";
import { inTunnel, say } from "./moves.ts";
import { respondWith } from "./sink.ts";
import { openStage, type Stage } from "./stage.ts";

/** Spellings of the credentials that a text has. */
function foundIn(text: string): readonly string[] {
  return Object.values(TOKENS).flatMap((token) =>
    Object.entries(spellings).filter(([, spell]) => text.includes(spell(token))).map(([name]) =>
      name
    )
  );
}

async function readProc(stage: Stage, file: string): Promise<string> {
  return await Deno.readTextFile(`/proc/${stage.proxy.pid}/${file}`);
}

/** A path, a query and a host that hold the credentials themselves, as an agent that got them would send them. */
function leaks(): readonly string[] {
  return Object.values(spellings).flatMap((spell) => {
    const text = encodeURIComponent(spell(TOKENS.EGRESS_TOKEN_1).replace(/[^\x21-\x7e]/g, ""));
    return [`GET /a/${text} HTTP/1.1`, `GET /a?x=${text} HTTP/1.1`];
  });
}

Deno.test("the bottle's credentials are nowhere that others read", async (t) => {
  await using stage = await openStage();
  stage.mark("rest");
  stage.sink.answer(
    respondWith("HTTP/1.1 500 {bearer}\r\nX-Echo: {bearer}\r\nContent-Length: 3\r\n\r\nerr"),
    stage.fill,
  );
  let heard = "";
  for (const line of leaks()) {
    heard += await inTunnel("{keyed}", `${line}\r\nHost: {keyed}\r\n\r\n`)(stage);
    heard += await inTunnel("{narrow}", `${line}\r\nHost: {narrow}\r\n\r\n`)(stage);
  }
  // A refusal names the host that was asked for: the agent knows what it asked for, the audit's reader must not.
  await say("CONNECT {bearer}.localhost:1 HTTP/1.1\r\n\r\n")(stage);
  await say(
    "GET http://{bearer}.localhost/{bearer} HTTP/1.1\r\nHost: {bearer}.localhost\r\n\r\n",
  )(stage);
  await stage.fence();
  const [argv, environment] = AT_REST;
  await t.step(argv, async () => deepEqual(foundIn(await readProc(stage, "cmdline")), []));
  await t.step(environment, async () => deepEqual(foundIn(await readProc(stage, "environ")), []));
  const [audit, log, crash, answers] = IN_LOGS;
  await t.step(audit, async () => {
    const rows = await stage.lastRows();
    ok(rows.length > Object.keys(spellings).length);
    deepEqual(foundIn(JSON.stringify(rows)), []);
  });
  await t.step(log, () => equal(stage.proxy.log(), ""));
  await t.step(answers, () => deepEqual(foundIn(heard), []));
  await t.step(crash, async () => {
    for (const broken of [`{"tokens":{"EGRESS_TOKEN_1":"${TOKENS.EGRESS_TOKEN_1}"`, document()]) {
      await using program = startEgress(["--config", "-"]);
      await program.write(broken);
      await program.close();
      ok((await patiently(program.process.status)).code !== 0);
      deepEqual(foundIn(await program.stderr), []);
    }
  });
});

/** A configuration whose every text is a credential. */
function document(): string {
  const token = TOKENS.EGRESS_TOKEN_1;
  return JSON.stringify({
    listen: { address: token, port: 0 },
    routes: [{ host: token, origin: token, auth: { scheme: token } }],
    tokens: { [token]: token, EGRESS_TOKEN_1: `${token}\n` },
    [token]: token,
  });
}
