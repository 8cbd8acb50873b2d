/** A program on a terminal of its own, driven by a test. */

import type { Run } from "../../../lib/process/run.ts";

/** A program that believes a person sits there. Disposal ends it. */
export interface Terminal extends AsyncDisposable {
  /** Waits until the text was shown; colours, cursor moves and white space don't count. */
  shows(text: string, timeoutMs: number): Promise<void>;
  /** Types a line, as a person does: the text, then Enter. */
  type(text: string): Promise<void>;
  /** The program's exit code. */
  readonly ended: Promise<number>;
}

const SIZE = "stty cols 120 rows 40";
const LOOK_EVERY_MS = 50;
/** A program that reads keys takes what comes at once for a paste, Enter included. */
const BEFORE_ENTER_MS = 700;
// deno-lint-ignore no-control-regex
const CONTROL = /\x1b(\[[0-9;?<>=]*[A-Za-z]|\][^\x07\x1b]*(\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|\s/g;

/** Starts a program by `script`, which gives it a terminal (util-linux). @param command shell words, constants only */
export function startTerminal(
  run: Run,
  command: string,
  env: Readonly<Record<string, string>>,
): Terminal {
  const full = `${SIZE}; exec ${command}`;
  const duplex = run.duplex(["script", "--quiet", "--return", "--command", full, "/dev/null"], {
    env: { ...env, TERM: "xterm-256color" },
  });
  const writer = duplex.writable.getWriter();
  let shown = "";
  const pumped = pump(duplex.readable, (text) => void (shown += text));
  const send = (text: string): Promise<void> => writer.write(new TextEncoder().encode(text));
  return {
    shows: async (text, timeoutMs) => {
      const wanted = text.replaceAll(/\s/g, "");
      const until = Date.now() + timeoutMs;
      while (!shown.replaceAll(CONTROL, "").includes(wanted)) {
        if (Date.now() > until) throw new Error(`"${text}" was not shown, but:\n${shown}`);
        await sleep(LOOK_EVERY_MS);
      }
    },
    type: async (text) => {
      await send(text);
      await sleep(BEFORE_ENTER_MS);
      await send("\r");
    },
    ended: duplex.ended.then(({ code }) => code),
    [Symbol.asyncDispose]: async () => {
      await writer.close().catch(() => {});
      writer.releaseLock();
      await duplex[Symbol.asyncDispose]();
      await pumped;
    },
  };
}

async function pump(
  readable: ReadableStream<Uint8Array>,
  onText: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of readable) onText(decoder.decode(chunk, { stream: true }));
}

function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}
