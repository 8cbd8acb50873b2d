/** This project's egress, as the program that the bundle runs, with the permissions that it has there. */

import { fileURLToPath } from "node:url";
import type { EgressConfig } from "../../../../lib/egress/config.ts";
import { testDocument } from "../../../support/configure_document.ts";
import type { Contestant, Surroundings } from "../contestant.ts";
import { ORIGIN_NAME, PLACEHOLDER } from "../job.ts";
import { startProgram } from "../program.ts";

const MAIN = fileURLToPath(new URL("../../../../sidecars/main.ts", import.meta.url));

/** Starts it. */
export async function startOurs(surroundings: Surroundings): Promise<Contestant> {
  const { folder, originPort, promptPort } = surroundings;
  const output = `${folder}/rows.jsonl`;
  const program = await startProgram({
    argv: [
      Deno.execPath(),
      ...["run", "--no-check", "--no-prompt", "--allow-net", MAIN, "egress", "--config", "-"],
    ],
    stdin: JSON.stringify(config(surroundings)),
    output,
  });
  const ready = Object(JSON.parse(await program.firstLine()));
  return {
    name: "ours",
    way: {
      proxyPort: Number(new URL(String(ready.proxy)).port),
      originPort,
      promptPort,
      caPem: String(ready.ca_pem),
    },
    pid: program.pid,
    auditFile: output,
    redacts: true,
    on: [
      "sidecars/main.ts egress --config -, permission --allow-net alone",
      "peers, one route (host, port, methods, paths, allow_private), every request judged",
      "bearer credential injected, the client's own removed",
      "requests scanned for placeholders, responses for the credential in all its spellings",
      "upstream certificate verified; a row for every request (log: all) into a file",
    ],
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

function config({ originPort, promptPort, originCaPem, token }: Surroundings): EgressConfig {
  return {
    ...testDocument("bench").egress,
    listen: { address: "127.0.0.1", port: 0 },
    peers: ["127.0.0.1"],
    routes: [{
      host: ORIGIN_NAME,
      ports: [originPort, promptPort],
      matches: [{ methods: ["GET", "PUT"], paths: [{ type: "prefix", value: "/" }] }],
      allow_private: true,
      auth: { scheme: "bearer", token: "EGRESS_TOKEN_1" },
      origin: "bench",
    }],
    tokens: { EGRESS_TOKEN_1: token },
    placeholders: [{ value: PLACEHOLDER, token: "EGRESS_TOKEN_1" }],
    extra_ca_pem: originCaPem,
    log: "all",
  };
}
