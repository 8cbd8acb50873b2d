/** What `git push --porcelain` says of each ref (git-push(1), "OUTPUT"). */

/** What became of a ref. */
export interface PushedLine {
  readonly ref: string;
  /** Undefined: the upstream has it now. */
  readonly refusal: string | undefined;
}

/** `<flag> TAB <from>:<to> TAB <summary> (<reason>)`. */
const LINE = /^(?<flag>[ +\-*!=])\t(?<from>[^:\t]*):(?<to>[^\t]+)\t(?<summary>.*)$/;
const SUMMARY = /^\[(?<kind>[^\]]*)\](?: \((?<reason>.*)\))?$/;

/**
 * Reads it, as far as it came. What our own lease found changed is told in the words that a push without the gate has for
 * it.
 *
 * @example
 * ```ts
 * import { parsePorcelain } from "./porcelain.ts";
 * const [line] = parsePorcelain("To upstream\n!\ta:refs/heads/a\t[remote rejected] (hook declined)\nDone\n");
 * if (line?.refusal !== "hook declined") throw new Error(line?.refusal);
 * ```
 */
export function parsePorcelain(text: string): readonly PushedLine[] {
  return text.split("\n").flatMap((line) => {
    const { flag, to, summary } = LINE.exec(line)?.groups ?? {};
    if (flag === undefined || to === undefined || summary === undefined) return [];
    return [{ ref: to, refusal: flag === "!" ? refusalOf(summary) : undefined }];
  });
}

function refusalOf(summary: string): string {
  const { kind = "", reason } = SUMMARY.exec(summary)?.groups ?? {};
  if (reason === undefined) return kind === "" ? summary : kind;
  return reason === STALE ? FETCH_FIRST : reason;
}

const STALE = "stale info";
/** A ref upstream is not what the pusher's git took it for. */
export const FETCH_FIRST = "fetch first";
