/** Keep-alive clients, each with one request in flight. The job comes as JSON on stdin, the result goes to stdout. */

import type { LoadJob, LoadResult } from "./job.ts";

const job: LoadJob = await new Response(Deno.stdin.readable).json();
const host = `origin.test:${job.originPort}`;
const encoder = new TextEncoder();
const request = encoder.encode(
  `GET ${job.path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench\r\nAccept: */*\r\n` +
    "Authorization: Bearer placeholder\r\n\r\n",
);
const latencies: number[] = [];
let bytes = 0;
const started = performance.now();
const end = started + job.seconds * 1000;
await Promise.all(Array.from({ length: job.connections }, run));
const seconds = (performance.now() - started) / 1000;
latencies.sort((a, b) => a - b);
const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? 0;
const result: LoadResult = {
  requests: latencies.length,
  perSecond: latencies.length / seconds,
  p50: at(0.5),
  p99: at(0.99),
  megabytesPerSecond: bytes / 1e6 / seconds,
};
Deno.stdout.writeSync(encoder.encode(JSON.stringify(result)));

async function run(): Promise<void> {
  const conn = await connect();
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder();
  do {
    const begun = performance.now();
    await conn.write(request);
    let left = Infinity;
    for (let filled = 0; left > 0;) {
      const count = await conn.read(left === Infinity ? buffer.subarray(filled) : buffer);
      if (count === null) throw new Error("ended");
      bytes += count;
      if (left !== Infinity) {
        left -= count;
        continue;
      }
      filled += count;
      const text = decoder.decode(buffer.subarray(0, filled));
      const head = text.indexOf("\r\n\r\n");
      if (head >= 0) left = head + 4 + Number(/content-length: *(\d+)/i.exec(text)?.[1]) - filled;
    }
    latencies.push(performance.now() - begun);
  } while (performance.now() < end);
  conn.close();
}

async function connect(): Promise<Deno.TlsConn> {
  const tcp = await Deno.connect({ hostname: "127.0.0.1", port: job.proxyPort ?? job.originPort });
  tcp.setNoDelay(true);
  if (job.proxyPort !== undefined) {
    await tcp.write(encoder.encode(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`));
    await tcp.read(new Uint8Array(1024));
  }
  const tls = await Deno.startTls(tcp, { hostname: "origin.test", caCerts: [job.caPem] });
  await tls.handshake();
  return tls;
}
