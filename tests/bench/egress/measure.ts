/** One measurement of one contestant. */

import type { Client } from "./client_process.ts";
import type { Contestant } from "./contestant.ts";
import type { Figures } from "./job.ts";
import type { Measure } from "./measures.ts";
import { familyOf, type Usage, usageOf } from "./usage.ts";

/** More than any job lasts that goes well. */
const LIMIT_MS = 45_000;
const SAMPLE_MS = 250;

/** The client's figures, and what they cost: `cpu_us` a request, `resident_mb` at most. @throws what the client says */
export async function measureOnce(
  client: Client,
  { way, pid }: Contestant,
  { job }: Measure,
): Promise<Figures> {
  if (pid === null) return await client.run(way, job, LIMIT_MS);
  const family = await familyOf(pid);
  const before = await usageOf(family);
  let residentMb = before.residentMb;
  const sampling = setInterval(async () => {
    residentMb = Math.max(residentMb, (await usageOf(family)).residentMb);
  }, SAMPLE_MS);
  try {
    const figures = await client.run(way, job, LIMIT_MS);
    const after = await usageOf(family);
    return {
      ...figures,
      ...costs(before, after, figures["exchanges"]),
      resident_mb: Math.max(residentMb, after.residentMb),
    };
  } finally {
    clearInterval(sampling);
  }
}

/** Processor time is that of the warm-up too: so are the exchanges. */
function costs(before: Usage, after: Usage, exchanges: number | undefined): Figures {
  if (exchanges === undefined || exchanges === 0) return {};
  return { cpu_us: (after.cpuSeconds - before.cpuSeconds) / exchanges * 1e6 };
}
