/** What the desk says to a hook: lines that sidecars/git_hooks/hook.sh obeys. */

/** The side of a hook's connection that is written to. */
export interface HookAnswer {
  /** A line on the pusher's terminal. */
  show(line: string): Promise<void>;
  /** A packet for git, as text without a line end. */
  tell(packet: string): Promise<void>;
  /** The last word. */
  end(word: "accepted" | "refused"): Promise<void>;
}

/** Writes in turn. A hook that is gone hears nothing, and that is no error: what is done goes on. */
export function answerTo(conn: Pick<Deno.Conn, "write">): HookAnswer {
  const encoder = new TextEncoder();
  let last: Promise<void> = Promise.resolve();
  const write = (line: string): Promise<void> => {
    last = last.then(() => writeAll(conn, encoder.encode(`${line}\n`))).catch(() => {});
    return last;
  };
  return {
    show: (line) => write(`show ${line.replace(/[\r\n\0]/g, " ")}`),
    tell: (packet) => write(`tell ${packet}`),
    end: (word) => write(word),
  };
}

async function writeAll(conn: Pick<Deno.Conn, "write">, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
