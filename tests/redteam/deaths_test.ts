/** kill -9 of each daemon, and of the bundle, while an agent tries all ways at once. */

import { equal, ok } from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { runGuest } from "./attacks/attack.ts";
import { askUpstream, upstreamSink } from "./attacks/proxy.ts";
import ask from "./guest/ask.ts" with { type: "text" };
import knock from "./guest/knock.ts" with { type: "text" };
import { tcpSink } from "./sinks.ts";
import { hostAddresses, openStage, type Stage } from "./stage.ts";

const ROUNDS = 4;

/** The processes of a daemon's user in the bundle, killed; how many there were. */
async function killUser(stage: Stage, user: number): Promise<number> {
  const script = `n=0; for p in /proc/[0-9]*; do
    [ "$(stat -c %u "$p" 2> /dev/null)" = "$1" ] && kill -9 "\${p#/proc/}" 2> /dev/null && n=$((n + 1))
  done; echo "$n"`;
  const args = ["exec", "--user", "0:0", stage.target.bundle, "sh", "-c", script, "sh"];
  return Number(await stage.docker(...args, String(user)));
}

/** Tries until it holds, for 30 s. */
async function eventually(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    if (await holds()) return true;
    await delay(200);
  }
  return false;
}

/** Whether the allowed upstream answers. */
async function isServed(stage: Stage): Promise<boolean> {
  return await askUpstream(stage).catch(() => "") === "upstream\n";
}

Deno.test("kill -9 of each daemon and of the bundle: nothing gets out, and service returns", async (t) => {
  await using stage = await openStage();
  const { target } = stage;
  const refused = upstreamSink(stage.upstream);
  await using direct = await tcpSink();
  const others = hostAddresses().slice(1);

  /** Denied hosts through the proxy and straight connections, again and again until told. */
  async function attackWhile(work: () => Promise<void>): Promise<void> {
    let isOver = false;
    const attacking = (async (): Promise<number> => {
      let rounds = 0;
      for (; !isOver; rounds++) {
        await Promise.all([
          runGuest(target, ask, [
            ...[target.subnet.bundle, "9099", refused.marker],
            ...others.map((host) => `http://${host}:${refused.port}`),
          ]),
          runGuest(target, knock, [
            direct.marker,
            ...[...hostAddresses(), target.subnet.gateway].map((host) =>
              `tcp:${host}:${direct.port}`
            ),
          ]),
        ]);
      }
      return rounds;
    })();
    try {
      await work();
    } finally {
      isOver = true;
      ok(await attacking > 0);
    }
    equal(await refused.seen(), 0);
    equal(await direct.seen(), 0);
  }

  for (const [daemon, user] of [["egress", 1001], ["supervise", 1003]] as const) {
    await t.step(`kill -9 of ${daemon}`, async () => {
      await attackWhile(async () => {
        for (let round = 0; round < ROUNDS; round++) {
          // Egress serves on while the ledger is down, so that an answer does not say that the ledger is back.
          ok(await eventually(async () => await killUser(stage, user) > 0), `no ${daemon}`);
          ok(await eventually(() => isServed(stage)), `no service after ${daemon}'s death`);
        }
      });
    });
  }

  await t.step("kill -9 of the bundle: shut, and it stays so", async () => {
    await stage.docker("kill", "--signal", "KILL", target.bundle);
    await attackWhile(async () => {
      await delay(1_000);
      await stage.docker("start", target.bundle);
      await delay(1_000);
    });
    ok(await askUpstream(stage).catch(() => "") !== "upstream\n");
  });
});
