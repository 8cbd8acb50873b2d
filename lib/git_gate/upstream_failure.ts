/** Why an upstream could not be asked, out of what git and ssh wrote: in one sentence for the guest's terminal and the audit. */

import { escapeControl } from "../egress/escape.ts";
import { BottleError } from "../errors.ts";
import type { GateUpstream, SshUpstream } from "./config.ts";
import { parseHostKey } from "./host_key.ts";
import type { GateReason } from "./reason.ts";

/** What is known of a git that failed. */
export interface FailedGit {
  /** The name that the gate serves the repository by. */
  readonly repo: string;
  readonly upstream: GateUpstream;
  /** All that it wrote, with the upstream's words in it. */
  readonly stderr: string;
  /** It had to be ended after so long, in milliseconds. */
  readonly timedOutMs?: number;
}

/** A kind of failure: known by a text, told by a sentence. */
interface Kind {
  readonly reason: GateReason;
  readonly seen: RegExp;
  /** What follows "The upstream of …". */
  readonly say: string;
  /** What the person can do who declared it. */
  readonly remedy?: string;
}

/** The first that fits counts: what is ours stands before what an upstream could write. */
const KINDS: readonly Kind[] = [
  {
    reason: "mirror-failed",
    seen: /no space left on device|disk quota exceeded|file too large/i,
    say: "could not be copied: the disk of the bottle's mirrors is full",
    remedy: "Make room where the engine keeps its volumes",
  },
  {
    reason: "mirror-failed",
    seen: /read-only file system|insufficient permission for adding an object/i,
    say: "could not be copied: the bottle's mirrors can't be written",
  },
  {
    reason: "mirror-failed",
    seen: /out of memory|cannot allocate memory/i,
    say: "could not be copied: git ran out of the memory that the bundle gives it",
  },
  {
    reason: "upstream-host-key",
    seen: /host key verification failed|no matching host key type found/i,
    say: "shows another host key than the declared one; nothing was sent to it",
    remedy: "If the host has changed its key, declare the new one as `host_key`",
  },
  {
    reason: "upstream-denied",
    seen: /permission denied \(|too many authentication failures|error in libcrypto|load key /i,
    say: "does not accept the key",
    remedy: "Check that the key is registered there and may read this repository",
  },
  {
    reason: "upstream-denied",
    seen:
      /authentication failed|could not read (?:username|password)|unable to get (?:username|password)|returned error: 40[13]/i,
    say: "does not accept the token",
    remedy: "Check that the token is valid and may read this repository",
  },
  {
    reason: "upstream-down",
    seen: /could not resolve host/i,
    say: "can't be reached: its host's name is not known",
  },
  {
    reason: "upstream-down",
    seen:
      /from proxy after connect|connect tunnel failed|proxy connect aborted|(?:connect to|resolve) proxy/i,
    say: "can't be reached: the company's proxy does not let it through",
  },
  {
    reason: "upstream-down",
    seen: /certificate/i,
    say: "can't be reached: its certificate is not trusted",
    remedy: "Where an authority of the company's own signs it, name that with BOT_BOTTLE_EXTRA_CA",
  },
  {
    reason: "upstream-refused",
    seen:
      /does not appear to be a git repository|repository not found|repository '[^']*' not found|(?:project|repository)[^\n]*(?:could not be found|does not exist)|not valid: is this a git repository/i,
    say: "has no such repository, or does not show it to this key",
    remedy: "Check the url that is declared",
  },
  {
    reason: "upstream-refused",
    seen: /returned error: 30[1-8]|unable to update url base from redirection/i,
    say: "answers with a redirect, which the gate does not follow",
    remedy: "Declare the url that it redirects to",
  },
  {
    reason: "upstream-down",
    seen: /connection refused/i,
    say: "can't be reached: the connection was refused",
  },
  {
    reason: "upstream-down",
    seen: /timed out|timeout, server|operation too slow|timeout was reached/i,
    say: "can't be reached: it does not answer",
  },
  {
    reason: "upstream-down",
    seen: /no route to host|network is unreachable|could(?:n't| not) connect|failed to connect/i,
    say: "can't be reached",
  },
  {
    reason: "upstream-down",
    seen:
      /connection (?:closed|reset)|broken pipe|hung up unexpectedly|early eof|unexpected disconnect/i,
    say: "broke off the connection",
  },
];

/** For an https upstream without a token, in the place of a token that is not accepted. */
const NO_TOKEN: Pick<Kind, "say" | "remedy"> = {
  say: "wants a token, and none is declared",
  remedy: "Declare one with `provider: token`",
};

const MAX_LINES = 8;
const MAX_LINE = 300;
/** ssh's box of at signs, and git's advice that fits any failure. */
const NOISE =
  /^@|^IT IS POSSIBLE|^Someone could be|^It is also possible|^Please make sure you have|^and the repository exists|^fatal: Could not read from remote|^Cloning into|^\s*$/;

/**
 * Says why: `code` is a {@linkcode GateReason}, the message one sentence, `details` what git and ssh wrote, escaped, few.
 *
 * @example
 * ```ts
 * import { upstreamFailure } from "./upstream_failure.ts";
 * const upstream = { scheme: "https", host: "git.example.com", port: 443, path: "/a", username: "", token: null } as const;
 * const { code } = upstreamFailure({ repo: "a", upstream, stderr: "fatal: Authentication failed for 'https://…'" });
 * if (code !== "upstream-denied") throw new Error(code);
 * ```
 */
export function upstreamFailure(failed: FailedGit): BottleError {
  const { repo, stderr, timedOutMs } = failed;
  const kind = findKind(failed);
  const say = kind?.say ??
    (timedOutMs === undefined
      ? "could not be asked"
      : `did not answer within ${Math.round(timedOutMs / 1_000)} s`);
  return new BottleError(`The upstream of "${repo}" (${placeOf(failed.upstream)}) ${say}`, {
    code: kind?.reason ?? "upstream-down",
    ...(kind?.remedy === undefined ? {} : { hint: kind.remedy }),
    details: wordsOf(stderr),
  });
}

function findKind({ upstream, stderr }: FailedGit): Kind | undefined {
  const kind = KINDS.find(({ seen }) => seen.test(stderr));
  const isOpen = upstream.scheme === "https" && upstream.token === null;
  return isOpen && kind?.reason === "upstream-denied" ? { ...kind, ...NO_TOKEN } : kind;
}

/** Host and port: what of an upstream's address may be told to anybody in the bottle. */
export function placeOf({ host, port }: GateUpstream): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What others wrote, fit for a terminal: the first lines that say something. */
export function wordsOf(stderr: string): readonly string[] {
  const lines = stderr.split("\n").filter((line) => !NOISE.test(line));
  return lines.slice(0, MAX_LINES).map((line) => escapeControl(line).slice(0, MAX_LINE));
}

/**
 * A {@linkcode upstreamFailure} about a host key, with both fingerprints.
 *
 * @param shown type and fingerprint; undefined: it could not be learnt
 */
export function withHostKeys(
  error: BottleError,
  upstream: SshUpstream,
  shown: string | undefined,
): BottleError {
  const declared = parseHostKey(upstream.host_key);
  const print = declared.ok ? `${declared.key.type} ${declared.key.fingerprint}` : "unreadable";
  return new BottleError(error.message, {
    code: error.code,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: [`declared: ${print}`, `shown: ${shown ?? "none that could be learnt"}`],
  });
}

/** Reads what `ssh -v` tells of the key that it was shown: type and fingerprint. */
export function parseShownHostKey(stderr: string): string | undefined {
  return /^debug1: Server host key: ([a-z0-9@.-]+ SHA256:[A-Za-z0-9+/]{43})\r?$/m.exec(stderr)?.[1];
}
