/**
 * The engine of egress against the runtime's own HTTP, on loopback: `deno run -A tests/bench/egress_engine.ts [seconds]`.
 * Client, proxy and origin share the machine: only ratios of one run mean anything. Linux, as it reads /proc.
 */

import { fileURLToPath } from "node:url";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "../../lib/deps/x509.ts";
import { createAuthority, openAuthority } from "../../lib/pki/authority.ts";
import { ECDSA_P256, generateKeys, privateKeyToPem, randomSerial } from "../../lib/pki/keys.ts";
import type { LoadJob, LoadResult } from "./egress_engine/job.ts";

const seconds = Number(Deno.args[0] ?? 4);
/** Clock ticks a second, `getconf CLK_TCK`. */
const TICKS = 100;

interface Program {
  readonly process: Deno.ChildProcess;
  readonly told: string;
}

/** Starts one of the programs beside this one, and waits for its first line. */
async function start(name: string, input: unknown): Promise<Program> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      fileURLToPath(new URL(`./egress_engine/${name}.ts`, import.meta.url)),
    ],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  let told = "";
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    told += text;
    if (told.includes("\n")) break;
  }
  return { process, told };
}

async function load(job: LoadJob): Promise<LoadResult> {
  const { told, process } = await start("load", job);
  await process.status;
  return JSON.parse(told);
}

/** User and system time of a process, in seconds, and its resident memory in MB. */
async function usage(pid: number): Promise<{ readonly cpu: number; readonly memory: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return {
    cpu: (Number(fields[11]) + Number(fields[12])) / TICKS,
    memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
  };
}

function print(cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) =>
    typeof cell === "number" ? cell.toFixed(cell < 10 ? 2 : 0) : cell
  );
  Deno.stdout.writeSync(new TextEncoder().encode(`| ${texts.join(" | ")} |\n`));
}

const ca = await createAuthority(new Date());
const { certificate, key } = await openAuthority(ca);
const keys = await generateKeys();
const leaf = await X509CertificateGenerator.create({
  serialNumber: randomSerial(),
  subject: "CN=bench",
  issuer: certificate.subject,
  notBefore: new Date(Date.now() - 60_000),
  notAfter: new Date(Date.now() + 3_600_000),
  signingAlgorithm: ECDSA_P256,
  publicKey: keys.publicKey,
  signingKey: key,
  extensions: [
    new SubjectAlternativeNameExtension([
      { type: "dns", value: "origin.test" },
      { type: "dns", value: "localhost" },
    ]),
  ],
});
const origin = await start("origin", {
  cert: leaf.toString("pem"),
  key: await privateKeyToPem(keys.privateKey),
});
const originPort = Number(origin.told);

print([
  "",
  "req/s at 32",
  "of direct",
  "p50 ms",
  "p99 ms",
  "at 1: p50 ms",
  "256 MB down MB/s",
  "CPU us/req",
  "MB",
]);
const direct = { originPort, caPem: ca.cert_pem };
const base = await load({ ...direct, path: "/", connections: 32, seconds });
const baseOne = await load({ ...direct, path: "/", connections: 1, seconds: seconds / 2 });
const baseBig = await load({ ...direct, path: "/big", connections: 1, seconds: 0 });
print([
  "direct",
  base.perSecond,
  1,
  base.p50,
  base.p99,
  baseOne.p50,
  baseBig.megabytesPerSecond,
  "",
  "",
]);
for (const name of ["ours", "node_http"]) {
  const proxy = await start(name, { caPem: ca.cert_pem, originPort });
  const { port, caPem } = Object(JSON.parse(proxy.told));
  const through = { originPort, caPem, proxyPort: port };
  await load({ ...through, path: "/", connections: 32, seconds: 1 });
  const before = await usage(proxy.process.pid);
  const many = await load({ ...through, path: "/", connections: 32, seconds });
  const after = await usage(proxy.process.pid);
  const one = await load({ ...through, path: "/", connections: 1, seconds: seconds / 2 });
  const big = await load({ ...through, path: "/big", connections: 1, seconds: 0 });
  const cpu = (after.cpu - before.cpu) / many.requests * 1e6;
  const { memory } = await usage(proxy.process.pid);
  print([
    name,
    many.perSecond,
    many.perSecond / base.perSecond,
    many.p50,
    many.p99,
    one.p50,
    big.megabytesPerSecond,
    cpu,
    memory,
  ]);
  proxy.process.kill("SIGKILL");
  await proxy.process.status;
}
origin.process.kill("SIGKILL");
await origin.process.status;
