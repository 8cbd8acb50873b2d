/** A mirror whose git says what a test tells it to. */

import { fc } from "../../../lib/deps/fast_check.ts";
import { DEFAULT_RULES } from "../../../lib/git_gate/config.ts";
import type { GitResult } from "../../../sidecars/git_gate/git.ts";
import type { Mirror } from "../../../sidecars/git_gate/mirror.ts";

/**
 * Makes one.
 *
 * @param answer to each run of git, by its arguments
 * @param cuts where what a git streams is cut, ascending
 */
export function fakeMirror(
  answer: (args: readonly string[]) => GitResult,
  cuts: readonly number[] = [],
): Mirror {
  return {
    repo: {
      name: "test",
      upstream: { scheme: "https", host: "", port: 0, path: "", username: "", token: null },
      push: "allow",
      rules: DEFAULT_RULES,
    },
    folder: "/mirror",
    git: (args) => Promise.resolve(answer(args)),
    gitStream: (args) => {
      const { stdout, code, stderr } = answer(args);
      const places = [0, ...cuts, stdout.length];
      const parts = places.slice(1).map((end, at) => stdout.slice(places[at], end));
      return {
        stdout: ReadableStream.from(parts.filter((part) => part.length > 0)),
        ended: Promise.resolve({ code, stderr }),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    refresh: () => Promise.resolve(),
    exclusive: (work) => work(),
    headBranch: () => Promise.resolve("refs/heads/main"),
  };
}

/** Places at which a text of so many bytes may be cut. */
export function pieces(length: number): fc.Arbitrary<readonly number[]> {
  return fc.uniqueArray(fc.nat(length), { maxLength: 5 })
    .map((cuts) => cuts.toSorted((a, b) => a - b));
}
