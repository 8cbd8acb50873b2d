/** What a bottle can't reach. A listener of the test's own decides, not a status code. */

import { deepEqual, equal, ok } from "node:assert/strict";
import type { Bottle } from "../../../lib/bottle.ts";
import type { SubjectFactory } from "./subject.ts";

/** A listener on every address of the host; counts who comes. */
function listenEverywhere(): { readonly port: number; readonly seen: string[] } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const seen: string[] = [];
  const serving = (async (): Promise<void> => {
    for await (const connection of listener) {
      seen.push("hostname" in connection.remoteAddr ? connection.remoteAddr.hostname : "?");
      connection.close();
    }
  })();
  return {
    port: "port" in listener.addr ? listener.addr.port : 0,
    seen,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      listener.close();
      await serving;
    },
  };
}

/** Kept for documentation (RFC 5737): nobody's, should a packet get out. */
const OUTSIDE = ["192.0.2.1:443", "198.51.100.1:53", "203.0.113.1:80"] as const;

/** Tries each address at once; how each try went. */
async function tryConnections(
  bottle: Bottle,
  targets: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const script = `for target in "$@"; do
    { timeout 4 bash -c 'exec 3<> "/dev/tcp/\${1%:*}/\${1##*:}"' bash "$target" 2> /dev/null \\
      && echo "$target open" || echo "$target closed"; } &
  done; wait`;
  const { stdout } = await bottle.exec(["bash", "-c", script, "bash", ...targets], {
    user: "root",
  });
  return Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(" ")));
}

/** What bash says of each attempt, in the C locale; "connected" or nothing where it was not refused. */
async function refusals(bottle: Bottle, targets: readonly string[]): Promise<readonly string[]> {
  const script = `for target in "$@"; do
    LC_ALL=C timeout 4 bash -c 'exec 3<> "/dev/tcp/\${1%:*}/\${1##*:}" && echo connected' \\
      bash "$target" 2>&1 | head -n 1
  done`;
  const { stdout } = await bottle.exec(["bash", "-c", script, "bash", ...targets], {
    user: "root",
  });
  return stdout.trim().split("\n");
}

/** Registers the tests. */
export function conformIsolation(name: string, open: SubjectFactory): void {
  Deno.test(`${name}: nothing but the bundle is within reach`, async (t) => {
    await using subject = await open();
    await using bottle = await subject.launch(await subject.prepare());

    await t.step("no address of the host, although it listens on all of them", async () => {
      await using sink = listenEverywhere();
      const own = Deno.networkInterfaces().filter(({ family }) => family === "IPv4");
      const guess = bottle.endpoints.noProxy.flatMap((address) => {
        const parts = address.split(".");
        const last = Number(parts[3]);
        return [last - 2, last - 1, last + 2, last + 5].map((n) =>
          [...parts.slice(0, 3), n].join(".")
        );
      });
      const hosts = [...new Set([...own.map(({ address }) => address), ...guess])];
      const targets = hosts.filter((host) => host !== "127.0.0.1").map((host) =>
        `${host}:${sink.port}`
      );
      ok(targets.length >= 3, targets.join());
      const went = await tryConnections(bottle, targets);
      deepEqual(Object.values(went).filter((how) => how !== "closed"), []);
      deepEqual(sink.seen, []);
      // The sink itself works.
      const direct = await Deno.connect({ hostname: "127.0.0.1", port: sink.port });
      await direct.read(new Uint8Array(1));
      direct.close();
      deepEqual(sink.seen, ["127.0.0.1"]);
    });

    await t.step("no address of the internet: the guest's own kernel refuses", async () => {
      const started = performance.now();
      const words = await refusals(bottle, OUTSIDE);
      ok(performance.now() - started < 2_000);
      for (const word of words) {
        ok(/(Network is unreachable|Connection refused|Operation not permitted)$/.test(word), word);
      }
      equal(words.length, OUTSIDE.length);
    });

    await t.step("no metadata service", async () => {
      const targets = ["169.254.169.254:80", "100.100.100.200:80"];
      deepEqual(Object.values(await tryConnections(bottle, targets)), ["closed", "closed"]);
    });

    await t.step("the proxy is, and refuses what no route names", async () => {
      const argv = ["curl", "--silent", "--show-error", "--include", "http://denied.example/"];
      const { stdout } = await bottle.exec(argv);
      ok(/^HTTP\/1\.1 403/.test(stdout), stdout);
      ok(/x-bot-bottle-block: host-not-allowed/i.test(stdout), stdout);
    });

    await t.step("names of others don't resolve, and at once", async () => {
      const started = performance.now();
      const { code } = await bottle.exec(["getent", "hosts", "example.com"]);
      equal(code, 2);
      ok(performance.now() - started < 3_000);
    });

    await t.step("IPv6 is off", async () => {
      const { stdout } = await bottle.exec(["cat", "/proc/net/if_inet6"]);
      equal(stdout, "");
    });

    await t.step("uid 0 has no capability, and no program gives one", async () => {
      const { stdout } = await bottle.exec([
        "grep",
        "-E",
        "^(Cap|NoNewPrivs|Seccomp:)",
        "/proc/self/status",
      ], {
        user: "root",
      });
      const found = Object.fromEntries(stdout.trim().split("\n").map((line) => line.split(/:\s+/)));
      for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
        equal(BigInt(`0x${found[set]}`), 0n, set);
      }
      equal(found["NoNewPrivs"], "1");
      equal(found["Seccomp"], "2");
    });
  });
}
