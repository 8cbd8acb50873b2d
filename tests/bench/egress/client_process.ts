/** The client's process, seen from the bench. */

import { fileURLToPath } from "node:url";
import { stopProcess } from "../../../lib/process/stop.ts";
import type { Answer, Figures, Job, Order, Way } from "./job.ts";

const MAIN = fileURLToPath(new URL("./client.ts", import.meta.url));

/** Carries out one job after the other. */
export class Client implements AsyncDisposable {
  #running = startClient();

  /** @throws what the client says; or that it took too long, and then the next job gets a new client */
  async run(way: Way, job: Job, limitMs: number): Promise<Figures> {
    const running = this.#running;
    const late = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => late.resolve(undefined), limitMs);
    try {
      const answer = await Promise.race([running.ask({ way, job }), late.promise]);
      if (answer === undefined) {
        await stopProcess(running.child, 0);
        this.#running = startClient();
        throw new Error(`No answer within ${Math.round(limitMs / 1000)} s`);
      }
      if ("error" in answer) throw new Error(answer.error);
      return answer.figures;
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stopProcess(this.#running.child, 0);
  }
}

interface Running {
  readonly child: Deno.ChildProcess;
  readonly ask: (order: Order) => Promise<Answer>;
}

function startClient(): Running {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN],
    stdin: "piped",
    stdout: "piped",
    detached: true,
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  return {
    child,
    async ask(order): Promise<Answer> {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
      while (!text.includes("\n")) {
        const { done, value } = await reader.read();
        if (done) return { error: "The client ended" };
        text += value;
      }
      const end = text.indexOf("\n");
      const answer: Answer = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      return answer;
    },
  };
}
