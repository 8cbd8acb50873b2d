/** The runtime's own parts: node:https behind the CONNECT, fetch to the upstream, nothing checked, changed or written. */

import { fileURLToPath } from "node:url";
import type { Contestant, Surroundings } from "../contestant.ts";
import { startProgram } from "../program.ts";

const MAIN = fileURLToPath(new URL("../node_http_proxy.ts", import.meta.url));

/** Starts it. */
export async function startNodeHttp(surroundings: Surroundings): Promise<Contestant> {
  const { folder, originPort, promptPort, originCaPem, proxyCa, token } = surroundings;
  const program = await startProgram({
    argv: [Deno.execPath(), "run", "-A", "--no-check", MAIN],
    stdin: JSON.stringify({ originCaPem, proxyCa, token }),
    output: `${folder}/port`,
  });
  const told = await program.firstLine();
  return {
    name: "node-http",
    way: { proxyPort: Number(told), originPort, promptPort, caPem: proxyCa.cert_pem },
    pid: program.pid,
    auditFile: null,
    redacts: false,
    on: ["node:https and fetch of Deno, credential set, no policy, no scan, no row"],
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
