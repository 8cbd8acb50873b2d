/** A name whose first answer may be reached, and whose next may not: 1,000 tries, 0 hits. */

import { deepEqual, equal, ok } from "node:assert/strict";
import { REBINDING_TRIES } from "./names/tests.ts";
import { say } from "./moves.ts";
import { openStage, type Stage } from "./stage.ts";

const HONEST = "127.0.0.1";
/** Another address of loopback: a listener there stands for whatever is inside. */
const INSIDE = "127.0.0.2";

/** Counts connections to the inside, on the port of the sink. */
function listenInside(port: number): AsyncDisposable & { readonly hits: number } {
  const listener = Deno.listen({ hostname: INSIDE, port });
  let hits = 0;
  const accepting = (async () => {
    for await (const conn of listener) {
      hits++;
      conn.close();
    }
  })().catch(() => {});
  return {
    get hits(): number {
      return hits;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      await accepting;
    },
  };
}

/** Every name's first answer is honest; what comes after is not, or both at once. */
function turning(): (name: string) => readonly string[] {
  const asked = new Map<string, number>();
  return (name) => {
    if (!name.endsWith(".turn.test")) return [HONEST];
    const times = asked.get(name) ?? 0;
    asked.set(name, times + 1);
    if (name.startsWith("at-once")) return times % 2 === 0 ? [HONEST, INSIDE] : [INSIDE, HONEST];
    return times === 0 && !name.startsWith("late") ? [HONEST] : [INSIDE];
  };
}

async function ask(stage: Stage, name: string, way: "plain request" | "tunnel"): Promise<string> {
  if (way === "plain request") {
    const to = `${name}:${stage.ports.http}`;
    return await say(`GET http://${to}/ HTTP/1.1\r\nHost: ${to}\r\n\r\n`)(stage);
  }
  const to = `${name}:${stage.ports.tls}`;
  const wire = await stage.tunnel(to);
  await wire.write(`GET / HTTP/1.1\r\nHost: ${to}\r\nConnection: close\r\n\r\n`);
  const heard = (await wire.response()).head;
  wire.close();
  return heard;
}

for (const way of ["plain request", "tunnel"] as const) {
  Deno.test(`rebinding (${way}): the address that was checked is the one that is connected to`, async () => {
    const tries = REBINDING_TRIES / (way === "tunnel" ? 10 : 1);
    const kinds = ["first", "late", "at-once"] as const;
    const names = Array.from({ length: tries }, (_, at) => `${kinds[at % 3]}-${at}.turn.test`);
    await using stage = await openStage({
      resolve: turning(),
      routes: ({ tls, http }) => [{ host: "*.turn.test", ports: [tls, http] }],
      // So many blocks as hosts: an exception is for names, not for a wildcard.
      config: () => ({
        private_exceptions: chunk(names, 256).map((hosts) => ({
          hosts,
          subnets: [`${HONEST}/32`],
        })),
      }),
    });
    await using inside = listenInside(way === "tunnel" ? stage.ports.tls : stage.ports.http);
    const statuses = new Map<string, number>();
    for (const name of names) {
      const status = /^HTTP\/1.1 ([0-9]+)/.exec(await ask(stage, name, way))?.[1] ?? "none";
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    equal(inside.hits, 0);
    ok((statuses.get("403") ?? 0) >= Math.floor(tries / 3) * 2, "the answers did not turn");
    deepEqual([...statuses.keys()].filter((status) => !["200", "403", "502"].includes(status)), []);
    await stage.fence();
    equal(inside.hits, 0);
  });
}

function chunk<T>(all: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(all.length / size) },
    (_, at) => all.slice(at * size, (at + 1) * size),
  );
}
