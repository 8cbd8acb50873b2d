/** Making a mirror as its upstream is: asked first, which costs one connection, and fetched only if something differs. */

import { BottleError } from "../../lib/errors.ts";
import {
  type Head,
  parseForEachRef,
  parseLsRemote,
  type Refs,
  sameHead,
  sameRefs,
  type UpstreamRefs,
} from "../../lib/git_gate/ref_list.ts";
import { upstreamUrl } from "../../lib/git_gate/git_config.ts";
import { upstreamFailure, withHostKeys } from "../../lib/git_gate/upstream_failure.ts";
import { TIMED_OUT } from "../../lib/process/streamed.ts";
import type { BareMirror } from "./bare_mirror.ts";
import type { GitOptions, GitResult } from "./git.ts";
import { UPSTREAM } from "./mirror.ts";
import { readShownHostKey } from "./shown_host_key.ts";
import { removeDrafts, removeFolder, replaceFolder } from "./mirror_files.ts";

/** git-gate.md: "a message within 10 s". */
const ASK_MS = 10_000;
/**
 * A fetch that tells of no progress for so long is ended. git tells of it every second, but for what it checks last; that
 * the other side is there ssh and curl look after.
 */
const STALL_MS = 60_000;

const HEADS = "refs/heads/*";
const TAGS = "refs/tags/*";

/** @throws {BottleError} of which `code` is a reason of `lib/git_gate/reason.ts` */
export async function refreshMirror(mirror: BareMirror, signal: AbortSignal): Promise<void> {
  const [upstream, local] = await Promise.all([ask(mirror, signal), readLocal(mirror, signal)]);
  if (local === undefined) return await mirror.exclusive(() => clone(mirror, signal), signal);
  if (sameRefs(local.refs, upstream.refs) && sameHead(local.head, upstream.head)) return;
  // Whoever pushes holds the lock until the mirror has what the upstream took; the fetch asks anew. So nothing is set back.
  await mirror.exclusive(() => fetch(mirror, upstream.head, signal), signal);
}

async function ask(mirror: BareMirror, signal: AbortSignal): Promise<UpstreamRefs> {
  const args = ["ls-remote", "--quiet", "--symref", UPSTREAM, "HEAD", HEADS, TAGS];
  const result = await mirror.runner.run(args, { reach: "upstream", signal, timeoutMs: ASK_MS });
  if (result.code !== 0) throw await failure(mirror, result, ASK_MS);
  return parseLsRemote(new TextDecoder().decode(result.stdout));
}

/** Undefined: there is none, or it can't be read and is to be made anew. */
async function readLocal(
  mirror: BareMirror,
  signal: AbortSignal,
): Promise<{ readonly refs: Refs; readonly head: Head | undefined } | undefined> {
  if (mirror.isBroken) return undefined;
  const head = await mirror.head();
  if (head === undefined) return undefined;
  const args = ["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags"];
  const { code, stdout } = await mirror.git(args, { signal });
  if (code !== 0) return undefined;
  return { refs: parseForEachRef(new TextDecoder().decode(stdout)), head };
}

/** The first time: git takes a pack that it has checked whole while it came, and does not walk through it again. */
async function clone(mirror: BareMirror, signal: AbortSignal): Promise<void> {
  const draft = `${mirror.folder}.new`;
  await removeFolder(draft);
  const url = upstreamUrl(mirror.repo.upstream);
  try {
    await transfer(mirror, ["clone", "--bare", "--progress", "--", url, draft], signal);
    await replaceFolder(mirror.folder, draft);
  } finally {
    await removeFolder(draft);
  }
}

async function fetch(
  mirror: BareMirror,
  head: Head | undefined,
  signal: AbortSignal,
): Promise<void> {
  const args = [
    ...["fetch", "--progress", "--prune", "--no-tags", "--no-write-fetch-head"],
    ...["--no-auto-maintenance", "--no-show-forced-updates", UPSTREAM],
    ...[`+${HEADS}:${HEADS}`, `+${TAGS}:${TAGS}`],
    // Without a name on our side: it comes, and HEAD alone holds it.
    ...(head?.kind === "detached" ? [head.id] : []),
  ];
  try {
    await transfer(mirror, [`--git-dir=${mirror.folder}`, ...args], signal);
  } catch (error) {
    await removeDrafts(mirror.folder);
    if (error instanceof BottleError) mirror.suspect(error.details.join("\n"));
    throw error;
  }
  if (head !== undefined && !sameHead(await mirror.head(), head)) await setHead(mirror, head);
}

async function setHead(mirror: BareMirror, head: Head): Promise<void> {
  const args = head.kind === "branch"
    ? ["symbolic-ref", "HEAD", head.name]
    : ["update-ref", "--no-deref", "HEAD", head.id];
  const result = await mirror.git(args);
  if (result.code !== 0) throw await failure(mirror, result);
}

/** A git that moves objects: it may take its time as long as it gets on. */
async function transfer(
  mirror: BareMirror,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const stalled = new AbortController();
  const stall = (): void => stalled.abort(new StallError());
  let timer = setTimeout(stall, STALL_MS);
  const options: GitOptions = {
    reach: "upstream",
    signal: AbortSignal.any([signal, stalled.signal]),
    onStderr: () => {
      clearTimeout(timer);
      timer = setTimeout(stall, STALL_MS);
    },
  };
  try {
    const result = await mirror.runner.run(args, options);
    if (result.code !== 0) throw await failure(mirror, result);
  } catch (error) {
    if (!(error instanceof StallError)) throw error;
    throw await failure(mirror, { code: TIMED_OUT, stderr: "" }, STALL_MS);
  } finally {
    clearTimeout(timer);
  }
}

class StallError extends Error {}

async function failure(
  mirror: BareMirror,
  { code, stderr }: Pick<GitResult, "code" | "stderr">,
  limitMs?: number,
): Promise<BottleError> {
  const { name: repo, upstream } = mirror.repo;
  const error = upstreamFailure({
    repo,
    upstream,
    stderr,
    ...(code === TIMED_OUT && limitMs !== undefined ? { timedOutMs: limitMs } : {}),
  });
  if (error.code !== "upstream-host-key" || upstream.scheme !== "ssh") return error;
  return withHostKeys(error, upstream, await readShownHostKey(mirror.runner));
}
