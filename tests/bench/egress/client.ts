/** The client: orders as lines on stdin, answers as lines on stdout, in a process that stays, so that its code is as warm for the last as for the first. */

import { LineSplitter } from "../../../lib/process/line_splitter.ts";
import { timeEvents } from "./client/events.ts";
import { timeFirstBytes } from "./client/first_byte.ts";
import { exchangeMessages } from "./client/messages.ts";
import { loadRequests } from "./client/requests.ts";
import { openSessions } from "./client/sessions.ts";
import { releaseTransfers, stallTransfers } from "./client/stall.ts";
import { loadStreams } from "./client/streams.ts";
import { download, upload } from "./client/transfer.ts";
import type { Answer, Figures, Order, Way } from "./job.ts";

function carryOut({ way, job }: Order): Promise<Figures> {
  switch (job.kind) {
    case "requests":
      return loadRequests(way, job.connections, job.seconds);
    case "streams":
      return loadStreams(way, job.streams, job.seconds);
    case "download":
      return download(way);
    case "upload":
      return upload(way);
    case "sessions":
      return openSessions(promptly(way), job.seconds);
    case "first-byte":
      return timeFirstBytes(promptly(way), job.path, job.seconds);
    case "events":
      return timeEvents(promptly(way), job.times);
    case "messages":
      return exchangeMessages(promptly(way), job.seconds);
    case "stall":
      return stallTransfers(way, job.transfers, job.direction);
    case "release":
      return releaseTransfers();
  }
  return job satisfies never;
}

function promptly(way: Way): Way {
  return { ...way, originPort: way.promptPort };
}

async function answerTo(order: Order): Promise<Answer> {
  try {
    return { figures: await carryOut(order) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

const orders: Order[] = [];
const lines = new LineSplitter((line) => orders.push(JSON.parse(line)));
for await (const bytes of Deno.stdin.readable) {
  lines.push(bytes);
  for (let order = orders.shift(); order !== undefined; order = orders.shift()) {
    const answer = await answerTo(order);
    Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(answer)}\n`));
  }
}
