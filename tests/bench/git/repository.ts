/** A big repository, the same in every run, as a stream for `git fast-import`. */

/** What there is in it. */
export interface BigRepository {
  readonly commits: number;
  /** Of all blobs, which don't compress. */
  readonly bytes: number;
}

/** 100 MB in 20,000 commits. */
export const BIG: BigRepository = { commits: 20_000, bytes: 100 * 1024 ** 2 };

/** Files of the last commit, over so many folders: each commit writes one of them. */
const FILES = 2_000;
const FOLDERS = 50;
/** As many commits as go into one chunk. */
const CHUNK = 50;
const SEED = 0x9e3779b9;
const FIRST_COMMIT_S = 1_577_836_800;

/** The stream. Each commit changes one file on `main`; every thousandth has a tag. */
export function bigRepositoryStream({ commits, bytes }: BigRepository): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const random = makeRandom(SEED);
  const size = Math.floor(bytes / commits / 4) * 4;
  let at = 0;
  return new ReadableStream({
    pull: (controller) => {
      const parts: Uint8Array[] = [];
      for (const end = Math.min(at + CHUNK, commits); at < end; at++) {
        parts.push(encoder.encode(commitHead(at, size)), randomBytes(random, size));
        parts.push(
          encoder.encode(
            at % 1_000 === 0 ? `\nreset refs/tags/v${at}\nfrom refs/heads/main\n` : "\n",
          ),
        );
      }
      controller.enqueue(joined(parts));
      if (at === commits) controller.close();
    },
  });
}

function commitHead(at: number, size: number): string {
  const who = `Ada <ada@example.com> ${FIRST_COMMIT_S + at * 600} +0000`;
  const message = `Change ${at}\n\nIt was like that before, and is like this now.\n`;
  const file = at % FILES;
  return [
    "commit refs/heads/main",
    `committer ${who}`,
    `data ${message.length}`,
    message,
    `M 100644 inline src/part${file % FOLDERS}/file${file}.bin`,
    `data ${size}`,
    "",
  ].join("\n");
}

/** xorshift32: quick, and the same everywhere. */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  };
}

function randomBytes(random: () => number, size: number): Uint8Array {
  const words = new Uint32Array(size / 4);
  for (let at = 0; at < words.length; at++) words[at] = random();
  return new Uint8Array(words.buffer);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
