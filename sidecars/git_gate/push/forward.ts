/** The push goes on to the upstream, and the upstream's answer comes back ref by ref. */

import { BottleError } from "../../../lib/errors.ts";
import { FETCH_FIRST, parsePorcelain } from "../../../lib/git_gate/porcelain.ts";
import type { RefResult } from "../../../lib/git_gate/proc_receive.ts";
import { type ForwardRequest, inParts, pushArgv } from "../../../lib/git_gate/push_argv.ts";
import { shown, upstreamLine } from "../../../lib/git_gate/push_report.ts";
import { type GateReason, gateReasons, isGateReason } from "../../../lib/git_gate/reason.ts";
import { isNone, type RefCommand } from "../../../lib/git_gate/ref_command.ts";
import { upstreamFailure } from "../../../lib/git_gate/upstream_failure.ts";
import { TIMED_OUT } from "../../../lib/process/streamed.ts";
import { type Mirror, UPSTREAM } from "../mirror.ts";

/** What became of one ref upstream. */
export interface ForwardedRef extends RefResult {
  /** Absent: it was taken. */
  readonly reason?: GateReason;
}

/** What became of a push upstream. */
export interface Forwarded {
  /** One for each ref, in the order in which they were asked for. */
  readonly results: readonly ForwardedRef[];
  /** Why refs have no answer of their own; undefined: the upstream has answered for each. */
  readonly failure: ForwardFailure | undefined;
}

/** The way to the upstream failed, or its git had no word for single refs. */
export interface ForwardFailure {
  readonly reason: GateReason;
  /** A sentence for the terminal and the audit, without a full stop. */
  readonly message: string;
  /** What it said, and what to do; fit to be shown. */
  readonly details: readonly string[];
}

/** How a push is forwarded. */
export interface ForwardOptions {
  /** Gets each line of the upstream's as it comes. */
  readonly onLine: (line: string) => void;
  /** Ends it: the gate ends. */
  readonly signal: AbortSignal;
}

/** An upstream's hooks may run tests; one that says nothing at all is given up by ssh and http much earlier. */
const LIMIT_MS = 900_000;
/** How long the upstream may take to say what it has, after a push without an answer. */
const ASK_MS = 12_000;
/** Of git's own words the one that fits all refs: git-push says it before it sends anything. */
const UNABLE = /^fatal: (the receiving end does not support .*)$/m;

/** Somebody else has deleted it meanwhile: git then sends nothing of the others either. */
const GONE = /^error: unable to delete '([^']+)': remote ref does not exist$/gm;

/** What fails is in the answer. @throws the signal's reason */
export async function forwardPush(
  mirror: Mirror,
  request: ForwardRequest,
  options: ForwardOptions,
): Promise<Forwarded> {
  const answers = new Map<string, string | undefined>();
  let failure: ForwardFailure | undefined;
  const parts = inParts(request);
  if (request.isAtomic && parts.length > 1) return refuseAll(request.commands, TOO_MANY);
  for (const commands of parts) {
    failure = await forwardPart(mirror, { ...request, commands }, options, answers);
    if (failure !== undefined) break;
  }
  const open = request.commands.filter(({ ref }) => !answers.has(ref));
  if (open.length === 0) failure = undefined;
  else {
    failure ??= { ...NO_ANSWER, details: [] };
    for (const ref of await takenAnyway(mirror, open, options.signal)) answers.set(ref, undefined);
  }
  return { results: resultsOf(request.commands, answers, failure), failure };
}

/** Names of the refs that the upstream has taken. */
export function takenOf({ results }: Forwarded): ReadonlySet<string> {
  return new Set(results.filter(({ reason }) => reason === undefined).map(({ ref }) => ref));
}

/** What stands on the pusher's terminal besides git's line for each ref; fit to be shown. */
export function forwardLines({ results, failure }: Forwarded): readonly string[] {
  if (failure !== undefined) {
    const { message, details } = failure;
    return [`git-gate: ${message}`, ...details.map((line) => `  ${line}`)].map(shown);
  }
  return results.some(({ refusal }) => refusal === FETCH_FIRST)
    ? ["git-gate: the upstream has moved since git asked it last. Fetch, then push again."]
    : [];
}

const TOO_MANY: ForwardFailure = {
  reason: "push-too-big",
  message: "So many refs do not go in one atomic push",
  details: ["Push them in parts, or without --atomic"],
};
const NO_ANSWER = {
  reason: "upstream-down",
  message: "The upstream broke off before it said what became of each ref",
} as const;

async function forwardPart(
  mirror: Mirror,
  request: ForwardRequest,
  { onLine, signal }: ForwardOptions,
  answers: Map<string, string | undefined>,
): Promise<ForwardFailure | undefined> {
  const asked = new Set(request.commands.map(({ ref }) => ref));
  const { code, stdout, stderr } = await mirror.git(pushArgv(UPSTREAM, request), {
    reach: "upstream",
    timeoutMs: LIMIT_MS,
    signal,
    onStderr: (line) => {
      const words = upstreamLine(line);
      if (words !== undefined) onLine(words);
    },
  });
  for (const { ref, refusal } of parsePorcelain(new TextDecoder().decode(stdout))) {
    if (asked.has(ref)) answers.set(ref, refusal);
  }
  for (const [, ref = ""] of stderr.matchAll(GONE)) if (asked.has(ref)) answers.set(ref, undefined);
  const left = request.commands.filter(({ ref }) => !answers.has(ref));
  if (left.length === 0) return undefined;
  if (left.length < request.commands.length && stderr.search(GONE) >= 0 && !request.isAtomic) {
    return await forwardPart(mirror, { ...request, commands: left }, { onLine, signal }, answers);
  }
  return code === 0 ? { ...NO_ANSWER, details: [] } : failureOf(mirror, code, stderr);
}

function failureOf(mirror: Mirror, code: number, stderr: string): ForwardFailure {
  const unable = UNABLE.exec(stderr)?.[1];
  if (unable !== undefined) return { reason: "upstream-refused", message: unable, details: [] };
  const { repo } = mirror;
  const timedOut = code === TIMED_OUT ? { timedOutMs: LIMIT_MS } : {};
  const error = upstreamFailure({ repo: repo.name, upstream: repo.upstream, stderr, ...timedOut });
  return {
    reason: isGateReason(error.code) ? error.code : "upstream-down",
    message: error.message,
    details: error.hint === undefined ? error.details : [...error.details, error.hint],
  };
}

/** A connection may break behind the upstream's yes: what it has now is what counts. */
async function takenAnyway(
  mirror: Mirror,
  open: readonly RefCommand[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    await mirror.refresh(AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]));
    const { code, stdout } = await mirror.git(
      ["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"],
      { signal },
    );
    if (code !== 0) return [];
    const lines = new Set(new TextDecoder().decode(stdout).split("\n"));
    const names = new Set([...lines].map((line) => line.slice(line.indexOf(" ") + 1)));
    return open.filter(({ ref, old, new: id }) =>
      isNone(id) ? !isNone(old) && !names.has(ref) : old !== id && lines.has(`${id} ${ref}`)
    ).map(({ ref }) => ref);
  } catch (error) {
    if (error instanceof BottleError || error instanceof DOMException) return [];
    throw error;
  }
}

function refuseAll(commands: readonly RefCommand[], failure: ForwardFailure): Forwarded {
  return { results: resultsOf(commands, new Map(), failure), failure };
}

/** What has no answer has failed. */
function resultsOf(
  commands: readonly RefCommand[],
  answers: ReadonlyMap<string, string | undefined>,
  failure: ForwardFailure | undefined,
): readonly ForwardedRef[] {
  return commands.map(({ ref }) => {
    if (!answers.has(ref) && failure !== undefined) {
      return { ref, refusal: gateReasons[failure.reason], reason: failure.reason };
    }
    const refusal = answers.get(ref);
    return refusal === undefined ? { ref, refusal } : { ref, refusal, reason: "upstream-refused" };
  });
}
