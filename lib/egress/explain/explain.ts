/** What egress would say to a request, and at which step: the same functions, without a connection. */

import { BottleError, ExitCode } from "../../errors.ts";
import { type AskedHeads, type AskedRequest, writeAsked } from "./asked_request.ts";
import { explainAddress } from "./explain_address.ts";
import { scanRequest } from "./explain_scan.ts";
import { describeRoute, describeSent, type JudgedRequest, sentOf } from "./explain_sent.ts";
import {
  type ExplainOptions,
  type Explanation,
  passed,
  type Step,
  type StepName,
  stepNames,
} from "./explanation.ts";
import { printHost } from "../host/host.ts";
import { http1ErrorCode } from "../http1/malformed.ts";
import { MAX_HEAD_BYTES } from "../http1/limits.ts";
import { parseRequestHead } from "../http1/request_head.ts";
import { type ConnectTarget, judgeConnect, type Refused } from "../judge/judge_connect.ts";
import { type AllowedRequest, judgeRequest } from "../judge/judge_request.ts";
import type { RequestHead } from "../message.ts";
import type { BlockReason } from "../reason.ts";
import { defaultHint } from "../refusal.ts";
import type { Route } from "../route/route.ts";
import { knownLength } from "../route/route_limits.ts";
import { isLive } from "../route/route_expiry.ts";
import { findRoute } from "../route/route_table.ts";

/**
 * Judges a request as egress does.
 *
 * @throws {BottleError} `request-unwritable`, exit code 2: no client could send it
 *
 * @example
 * ```ts
 * import { explainRequest } from "./explain.ts";
 * import { compileRoutes } from "../route/route_table.ts";
 * const table = compileRoutes([{ host: "a.example.com", matches: [{ methods: ["GET"] }], origin: "manifest demo.md:7" }]);
 * const options = {
 *   table, now: 0, placeholders: [], exceptions: new Map(), joined: new Set<string>(), isProxied: () => false,
 * };
 * const asked = { method: "POST", url: "https://a.example.com/", headers: [] };
 * if (explainRequest(asked, options).refusal?.reason !== "method") throw new Error("expected a refusal");
 * ```
 */
export function explainRequest(asked: AskedRequest, options: ExplainOptions): Explanation {
  const heads = writeAsked(asked);
  if (typeof heads === "string") {
    throw new BottleError(`Not a request that a client could send: ${heads}`, {
      code: "request-unwritable",
      exitCode: ExitCode.usage,
      hint: "Write the URL as it travels: https://, the host in ASCII, the path percent-encoded",
    });
  }
  const judged = judge(heads, options);
  if (!judged.ok) return refused(judged.refusal, options);
  const { target, route, request } = judged;
  const before = [
    passed("parse", describeParse(heads)),
    passed("destination", `${printHost(target.host)}, port ${target.port}`),
    ...routeSteps(judged, options),
  ];
  const refuse = (refusal: Omit<Refused, "target" | "route">): Explanation =>
    refused({ ...refusal, target, path: request?.path, route: route.host }, options, before);
  const scanned = request && scanRequest(request, options.placeholders);
  if (scanned?.ok === false) return refuse(scanned);
  const over = request && findOverLimit(request);
  if (over !== undefined) return refuse(over);
  const sent = request && sentOf(request);
  if (request !== undefined && sent !== undefined) {
    before.push(passed("scan", scanned?.detail ?? ""));
    before.push(passed("credentials", describeSent(sent, request)));
  }
  const address = explainAddress(target, route, options);
  if (!address.ok) return refuse(address.refusal);
  return {
    verdict: "passes",
    isAddressOpen: address.step.outcome === "open",
    steps: [...before, address.step],
    refusal: undefined,
    target,
    path: request?.path,
    route,
    sent,
  };
}

function routeSteps(
  { route, request }: Extract<Judged, { ok: true }>,
  options: ExplainOptions,
): readonly Step[] {
  if (request !== undefined) return [passed("route", describeRoute(request, options))];
  const place = `"${route.host}" (${route.origin})`;
  const unseen = "Nothing inside of TLS is seen or changed";
  return [
    passed("route", `${place}: TLS is passed through, so that the name alone decides`),
    { name: "scan", outcome: "skipped", detail: unseen },
    { name: "credentials", outcome: "skipped", detail: unseen },
  ];
}

type Judged =
  | {
    readonly ok: true;
    readonly target: ConnectTarget;
    readonly route: Route;
    /** Undefined: TLS is passed through. */
    readonly request: JudgedRequest | undefined;
  }
  | { readonly ok: false; readonly refusal: Refused & { readonly path?: string } };

function judge({ connect, request }: AskedHeads, { table, now }: ExplainOptions): Judged {
  try {
    let tunnel: ConnectTarget | undefined;
    if (connect !== undefined) {
      const decision = judgeConnect(table, parseHead(connect), now);
      if (!decision.ok) return { ok: false, refusal: decision };
      const { target, route } = decision;
      if (route.tls === "passthrough") {
        if (target.host.kind === "name") return { ok: true, target, route, request: undefined };
        const detail = "TLS names no server that is an address, and that name alone is judged here";
        const refusal = {
          ok: false,
          reason: "protocol",
          detail,
          target,
          route: route.host,
        } as const;
        return { ok: false, refusal };
      }
      tunnel = target;
    }
    const head = parseHead(request);
    const decision = judgeRequest(table, head, tunnel, now);
    if (!decision.ok) return { ok: false, refusal: decision };
    const { target, route } = decision;
    return { ok: true, target, route, request: { ...decision, head } };
  } catch (error) {
    const code = http1ErrorCode(error);
    if (code === undefined || !(error instanceof BottleError)) throw error;
    const reason = code === "http-too-large" ? "too-large" : "protocol";
    return { ok: false, refusal: { ok: false, reason, detail: error.message } };
  }
}

/** What a request says of its body, beside what the route takes. How much it has sent before, nobody knows here. */
function findOverLimit(
  { route: { limits = {} }, framing }: AllowedRequest,
): Pick<Refused, "ok" | "reason" | "detail"> | undefined {
  const length = knownLength(framing);
  const { body_bytes: most = Infinity, bytes_out: out = Infinity } = limits;
  const detail = `A body of ${length} bytes, and the route takes ${Math.min(most, out)}`;
  if (length > most) return { ok: false, reason: "body-too-large", detail };
  return length > out ? { ok: false, reason: "budget", detail } : undefined;
}

function parseHead(text: string): RequestHead {
  if (text.length + 4 > MAX_HEAD_BYTES) {
    throw new BottleError(`A head of more than ${MAX_HEAD_BYTES} bytes`, {
      code: "http-too-large",
    });
  }
  return parseRequestHead(text);
}

/** The step that a refusal belongs to; those that are not here are of the route. */
const stepsOfReasons: ReadonlyMap<BlockReason, StepName> = new Map<BlockReason, StepName>([
  ["protocol", "parse"],
  ["too-large", "parse"],
  ["ip-literal", "destination"],
  ["port", "destination"],
  ["placeholder", "scan"],
  ["unreadable-request", "scan"],
  ["private-address", "address"],
  ["unresolvable", "address"],
]);

function refused(
  { reason, detail, target, route, path }: Refused & { readonly path?: string | undefined },
  options: ExplainOptions,
  before: readonly Step[] = [],
): Explanation {
  const name = stepsOfReasons.get(reason) ?? "route";
  const at = stepNames.indexOf(name);
  const steps = stepNames.map((step, index): Step => {
    if (index > at) return { name: step, outcome: "skipped", detail: "Not reached" };
    if (index === at) return { name: step, outcome: "refused", detail };
    return before.find((each) => each.name === step) ?? passed(step, describePassed(step, target));
  });
  return {
    verdict: "refused",
    isAddressOpen: false,
    steps,
    refusal: { reason, detail, hint: defaultHint(reason) },
    target,
    path,
    route: routeOf(target, route, options),
    sent: undefined,
  };
}

/** The route that a refusal names: one that has expired decides only where no other does. */
function routeOf(
  target: ConnectTarget | undefined,
  pattern: string | undefined,
  { table, now }: ExplainOptions,
): Route | undefined {
  if (target === undefined || pattern === undefined) return undefined;
  const live = findRoute(table, target.host, (route) => isLive(route, now));
  return (live ?? findRoute(table, target.host))?.route;
}

function describePassed(step: StepName, target: ConnectTarget | undefined): string {
  if (step === "parse") return "Well-formed";
  if (step === "destination" && target !== undefined) {
    return `${printHost(target.host)}, port ${target.port}`;
  }
  return "Fits";
}

function describeParse({ connect }: AskedHeads): string {
  return connect === undefined
    ? "Well-formed; URL and Host name the same host"
    : "Well-formed; CONNECT, server name, URL and Host name the same host";
}
