/** Egress as its own process, with the permissions that the bundle gives it: the network, and nothing else. */

import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../sidecars/main.ts", import.meta.url));

/** A running egress. */
export interface EgressProgram extends AsyncDisposable {
  readonly process: Deno.ChildProcess;
  /** The next line of its stdout. @throws at the end */
  line(): Promise<string>;
  /** Writes to its stdin. */
  write(text: string): Promise<void>;
  /** Ends its stdin. */
  close(): Promise<void>;
  /** Everything on its stderr; resolves when it has ended. */
  readonly stderr: Promise<string>;
}

/** Starts it. */
export function startEgress(args: readonly string[]): EgressProgram {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--no-prompt", "--allow-net", MAIN, "egress", ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const writer = process.stdin.getWriter();
  const stderr = new Response(process.stderr).text();
  let text = "";
  return {
    process,
    stderr,
    async line(): Promise<string> {
      while (!text.includes("\n")) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`ended: ${await stderr}`);
        text += value;
      }
      const end = text.indexOf("\n");
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      return line;
    },
    write: (data) => writer.write(new TextEncoder().encode(data)),
    close: () => writer.close(),
    async [Symbol.asyncDispose](): Promise<void> {
      try {
        process.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await process.status;
      await reader.cancel();
      await writer.abort().catch(() => {});
      await stderr;
    },
  };
}
