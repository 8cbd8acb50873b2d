/** squid with TLS interception. It swaps the credential and logs; it looks into no body. */

import type { Contestant, Surroundings } from "../contestant.ts";
import { ORIGIN_NAME } from "../job.ts";
import { freePort, listens, startProgram } from "../program.ts";
import { CERTIFICATE_HELPER } from "../rivals.ts";

/** Debian's user for it: squid refuses to run as root. */
const USER = "proxy";

/** Starts it in the foreground, as one worker. */
export async function startSquid(surroundings: Surroundings): Promise<Contestant> {
  const { folder, originPort, promptPort, originCaPem, proxyCa } = surroundings;
  const port = freePort();
  await Deno.writeTextFile(`${folder}/ca.pem`, `${proxyCa.cert_pem}${proxyCa.key_pem}`);
  await Deno.writeTextFile(`${folder}/origin-ca.pem`, originCaPem);
  await Deno.writeTextFile(`${folder}/squid.conf`, configuration(surroundings, port));
  await makeCertificateStore(`${folder}/certificates`);
  if (Deno.uid() === 0) await giveTo(USER, folder);
  const program = await startProgram({
    argv: ["squid", "-N", "-f", `${folder}/squid.conf`],
    output: `${folder}/squid.log`,
  });
  await program.until(() => listens(port));
  return {
    name: "squid",
    way: { proxyPort: port, originPort, promptPort, caPem: proxyCa.cert_pem },
    pid: program.pid,
    auditFile: `${folder}/access.log`,
    redacts: false,
    on: [
      "squid -N: ssl_bump by the client's SNI, certificates from its own helper, no cache",
      "host and port allowed, all else answered with 403",
      "bearer credential set in place of the client's",
      "no look into bodies: neither scan nor redaction",
      "upstream certificate verified; a line for every request into a file",
    ],
    [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
  };
}

function configuration(
  { folder, originPort, promptPort, token }: Surroundings,
  port: number,
): string {
  return `
http_port 127.0.0.1:${port} ssl-bump tls-cert=${folder}/ca.pem generate-host-certificates=on dynamic_cert_mem_cache_size=4MB
sslcrtd_program ${CERTIFICATE_HELPER} -s ${folder}/certificates -M 4MB
sslcrtd_children 2 startup=1
tls_outgoing_options cafile=${folder}/origin-ca.pem

acl hello at_step SslBump1
ssl_bump peek hello
ssl_bump bump all

acl host dstdomain ${ORIGIN_NAME}
acl port port ${originPort} ${promptPort}
http_access deny !host
http_access deny !port
http_access allow all

request_header_access Authorization deny all
request_header_access X-Api-Key deny all
request_header_access Cookie deny all
request_header_add Authorization "Bearer ${token}" all
http_upgrade_request_protocols websocket allow all

access_log stdio:${folder}/access.log squid
cache_log ${folder}/cache.log
cache_store_log none
cache deny all
pid_filename none
coredump_dir ${folder}
pinger_enable off
shutdown_lifetime 0 seconds
`;
}

async function makeCertificateStore(folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(CERTIFICATE_HELPER, {
    args: ["-c", "-s", folder, "-M", "4MB"],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`${CERTIFICATE_HELPER}: ${new TextDecoder().decode(stderr)}`);
}

async function giveTo(user: string, folder: string): Promise<void> {
  const { code, stderr } = await new Deno.Command("chown", {
    args: ["-R", `${user}:`, folder],
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}
