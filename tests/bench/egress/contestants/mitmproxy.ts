/** mitmproxy with an addon that does the same. */

import { fileURLToPath } from "node:url";
import type { Contestant, Surroundings } from "../contestant.ts";
import { ORIGIN_NAME, PLACEHOLDER } from "../job.ts";
import { freePort, listens, startProgram } from "../program.ts";

const ADDON = fileURLToPath(new URL("../mitmproxy_addon.py", import.meta.url));

/** Starts `mitmdump`. */
export async function startMitmproxy(surroundings: Surroundings): Promise<Contestant> {
  const { folder, originPort, promptPort, originCaPem, proxyCa, token } = surroundings;
  const auditFile = `${folder}/rows.jsonl`;
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/mitmproxy-ca.pem`,
    `${proxyCa.key_pem}${proxyCa.cert_pem}`,
  );
  await Deno.writeTextFile(`${folder}/origin-ca.pem`, originCaPem);
  await Deno.writeTextFile(
    `${folder}/addon.json`,
    JSON.stringify({
      host: ORIGIN_NAME,
      ports: [originPort, promptPort],
      token,
      placeholder: PLACEHOLDER,
      rows: auditFile,
    }),
  );
  const settings = [
    `confdir=${folder}`,
    `ssl_verify_upstream_trusted_ca=${folder}/origin-ca.pem`,
    // The certificate by the client's SNI, as the others have it: no connection to the origin before a request.
    "connection_strategy=lazy",
    "upstream_cert=false",
    "flow_detail=0",
    "termlog_verbosity=error",
  ];
  const program = await startProgram({
    argv: [
      ...["mitmdump", "--quiet", "--listen-host", "127.0.0.1", "--listen-port", String(port)],
      ...settings.flatMap((setting) => ["--set", setting]),
      ...["--scripts", ADDON],
    ],
    env: { BENCH_ADDON: `${folder}/addon.json` },
    output: `${folder}/mitmproxy.log`,
  });
  await program.until(() => listens(port));
  return {
    name: "mitmproxy",
    way: { proxyPort: port, originPort, promptPort, caPem: proxyCa.cert_pem },
    pid: program.pid,
    auditFile,
    redacts: true,
    on: [
      "mitmdump --quiet with tests/bench/egress/mitmproxy_addon.py, no other output",
      "host and port allowed, all else answered with 403",
      "bearer credential set in place of the client's",
      "bodies streamed; requests searched for placeholders, responses for the credential, in the spellings and behind the escapes that ours knows",
      "upstream certificate verified; a row for every request into a file",
    ],
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}
