/** What becomes of a request: refused, or refreshed and handed to git. */

import { BottleError } from "../../lib/errors.ts";
import type { AuditRow } from "../../lib/egress/audit/audit_row.ts";
import { backendEnvironment, isReadableBody } from "../../lib/git_gate/backend_environment.ts";
import { gitRow } from "../../lib/git_gate/push_row.ts";
import { isGateReason } from "../../lib/git_gate/reason.ts";
import {
  type GateRequest,
  type GitService,
  routeRequest,
} from "../../lib/git_gate/request_path.ts";
import { refusalRow } from "../../lib/git_gate/refusal_row.ts";
import { serveBackend } from "./backend.ts";
import type { BareMirror } from "./bare_mirror.ts";
import type { PushEnd, PushOpener } from "./open_push.ts";
import type { Places } from "./places.ts";
import { errorText, refuseLfs, refusePlain, refuseService, undeclaredText } from "./refusals.ts";

/** What requests are served with. */
export interface ServeParts {
  /** By name. */
  readonly mirrors: ReadonlyMap<string, BareMirror>;
  readonly pushes: PushOpener;
  /** Bounds the gits that serve at once. */
  readonly places: Places;
  /** What goes on behind requests: resolved when no git is left, and what became of a push is recorded. */
  readonly busy: Set<Promise<void>>;
  /** Takes the row of what came to nothing. */
  readonly record: (row: AuditRow) => void;
  /** Gets log lines: of bugs, and of gits that failed. */
  readonly onLog: (line: string) => void;
}

/** Git asks with this before it sends a big pack, to see whether it may: git-receive-pack would say nothing to it. */
const FLUSH = "0000";
/** git asks for the refs first, and makes its pack then. */
const PUSH_AFTER_MS = 60_000;

/**
 * Answers a request.
 *
 * @param signal aborted when the client is gone, or the gate ends
 */
export async function serveGit(
  parts: ServeParts,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await answer(parts, request, signal);
  } catch (error) {
    // Nobody is there to read it.
    if (signal.aborted) return refusePlain(503, "Cut off");
    throw error;
  }
}

async function answer(
  parts: ServeParts,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  const { path, query } = placeOf(request.url);
  const asked = routeRequest(new Set(parts.mirrors.keys()), request.method, path, query);
  switch (asked.kind) {
    case "lfs":
      parts.record(refusalRow("lfs-refused", path, Date.now()));
      return refuseLfs();
    case "undeclared": {
      parts.record(refusalRow("repo-undeclared", asked.asked, Date.now()));
      const text = undeclaredText(asked.asked, parts.mirrors.keys());
      return refuseService(asked.service, asked.step, text);
    }
    case "other":
      return refusePlain(asked.status, "git-gate serves git's smart protocol over HTTP only");
    case "advertisement":
    case "service":
      return await serveService(parts, asked, request, signal);
    default:
      return asked satisfies never;
  }
}

async function serveService(
  parts: ServeParts,
  asked: Extract<GateRequest, { kind: "advertisement" | "service" }>,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  const { repo, service, kind: step } = asked;
  const mirror = parts.mirrors.get(repo);
  const kind = step === "advertisement" ? "advertisement" : "result";
  if (mirror === undefined) return refuseService(service, kind, "not declared");
  if (!isReadableBody(request)) return refusePlain(415, "The body has an encoding of no git");
  const started = Date.now();
  try {
    if (step === "advertisement" || !isFresh(mirror, service)) await mirror.refresh(signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof BottleError)) throw error;
    parts.record(failedRow(mirror, error, started));
    return refuseService(service, kind, errorText(error));
  }
  if (step === "service" && service === "git-receive-pack") {
    return await servePush(parts, mirror, request, signal);
  }
  return await runBackend(parts, mirror, { service, step }, request, signal, () => ({
    env: {},
    finish: () => Promise.resolve(),
  }));
}

/** A push is judged by the branch that HEAD names: whoever asks for no refs before does not get by with an old one. */
function isFresh(mirror: BareMirror, service: GitService): boolean {
  return service === "git-receive-pack"
    ? mirror.isRefreshedWithin(PUSH_AFTER_MS)
    : mirror.isRefreshed;
}

async function servePush(
  parts: ServeParts,
  mirror: BareMirror,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  if (request.headers.get("content-length") === String(FLUSH.length)) {
    await request.body?.cancel();
    const headers = { "content-type": "application/x-git-receive-pack-result" };
    return new Response(null, { headers });
  }
  const asked = { service: "git-receive-pack", step: "service" } as const;
  return await runBackend(parts, mirror, asked, request, signal, () => {
    const gone = new AbortController();
    const push = parts.pushes.begin(mirror, AbortSignal.any([signal, gone.signal]));
    return {
      env: push.env,
      finish: (end) => {
        if (end.isCut) gone.abort();
        return push.finish(end);
      },
    };
  });
}

/** Around an http-backend: its own variables, and what is to be done when it is gone. */
interface Backed {
  readonly env: Readonly<Record<string, string>>;
  readonly finish: (end: PushEnd) => Promise<void>;
}

/** @param begin called when its turn has come; from then on `finish` is called for certain */
async function runBackend(
  parts: ServeParts,
  mirror: BareMirror,
  asked: { readonly service: GitService; readonly step: "advertisement" | "service" },
  request: Request,
  signal: AbortSignal,
  begin: () => Backed,
): Promise<Response> {
  const giveBack = await parts.places.take(signal);
  const over = Promise.withResolvers<void>();
  parts.busy.add(over.promise);
  const { env, finish } = begin();
  const onEnd = async (end: PushEnd): Promise<void> => {
    giveBack();
    await finish(end);
    if (end.code !== 0 && !end.isCut) {
      mirror.suspect(end.stderr);
      parts.onLog(`${mirror.repo.name}: ${asked.service}: ${end.stderr}`);
    }
    parts.busy.delete(over.promise);
    over.resolve();
  };
  const { headers } = request;
  try {
    return await serveBackend({
      runner: mirror.runner,
      env: { ...backendEnvironment({ folder: mirror.folder, ...asked, headers }), ...env },
      body: request.body,
      signal,
      onEnd,
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof Error)) throw error;
    parts.onLog(`${mirror.repo.name}: ${asked.service}: no answer (${error.name})`);
    const kind = asked.step === "advertisement" ? "advertisement" : "result";
    const text = `git in the gate gave no answer for "${mirror.repo.name}"`;
    return refuseService(asked.service, kind, text);
  }
}

function failedRow(mirror: BareMirror, error: BottleError, started: number): AuditRow {
  return gitRow("fetch", mirror.repo, {
    verdict: "failed",
    reason: isGateReason(error.code) ? error.code : "upstream-down",
    detail: error.message,
    started,
    ended: Date.now(),
  });
}

/** As it was sent: `URL` would take dots away and read percent signs. */
function placeOf(url: string): { readonly path: string; readonly query: string } {
  const slash = url.indexOf("/", url.indexOf("://") + 3);
  const place = slash < 0 ? "/" : url.slice(slash);
  const mark = place.indexOf("?");
  return mark < 0
    ? { path: place, query: "" }
    : { path: place.slice(0, mark), query: place.slice(mark + 1) };
}
