/** What egress would say to a request, and at which step: the same functions, without a connection. */

import { BottleError, ExitCode } from "../errors.ts";
import { type AskedHeads, type AskedRequest, writeAsked } from "./asked_request.ts";
import { checkAddresses, type OpenBlocks } from "./destination.ts";
import {
  describeRoute,
  describeSent,
  type JudgedRequest,
  sentOf,
  type SentRequest,
} from "./explain_sent.ts";
import { type Host, printHost } from "./host.ts";
import { http1ErrorCode } from "./http1/malformed.ts";
import { MAX_HEAD_BYTES } from "./http1/limits.ts";
import { parseRequestHead } from "./http1/request_head.ts";
import type { IpAddress } from "./ip.ts";
import { type ConnectTarget, judgeConnect, type Refused } from "./judge_connect.ts";
import { type AllowedRequest, judgeRequest } from "./judge_request.ts";
import type { RequestHead } from "./message.ts";
import { isPrivateName } from "./private_name.ts";
import type { BlockReason } from "./reason.ts";
import { defaultHint } from "./refusal.ts";
import type { Route } from "./route.ts";
import { knownLength } from "./route_limits.ts";
import { findRoute, type RouteTable } from "./route_table.ts";

/** The steps of a request, in their order. */
export const stepNames = ["parse", "destination", "route", "credentials", "address"] as const;

/** One of {@linkcode stepNames}. */
export type StepName = typeof stepNames[number];

/** What became of a step. `open`: it can't be told without asking a resolver. `skipped`: it is not reached, or has nothing to do. */
export interface Step {
  readonly name: StepName;
  readonly outcome: "passes" | "refused" | "open" | "skipped";
  /** In words; holds no value of a field. */
  readonly detail: string;
}

/** What egress would say. */
export interface Explanation {
  readonly verdict: "passes" | "refused";
  /** The address rule is left to the moment: what passes may still be refused by it. */
  readonly isAddressOpen: boolean;
  readonly steps: readonly Step[];
  /** Why, if it is refused, and what its answer tells the agent to do. */
  readonly refusal:
    | { readonly reason: BlockReason; readonly detail: string; readonly hint: string }
    | undefined;
  readonly target: ConnectTarget | undefined;
  /** Path and query, as they came; undefined where that was not reached. */
  readonly path: string | undefined;
  /** That decided, either way. */
  readonly route: Route | undefined;
  /** Undefined of what is refused, and under `tls: passthrough`. */
  readonly sent: SentRequest | undefined;
}

/** What a request is judged by. */
export interface ExplainOptions {
  readonly table: RouteTable;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the name is taken to resolve to; absent: nobody asks. */
  readonly addresses?: readonly IpAddress[];
  /** Networks that the bundle joins. */
  readonly exceptions: OpenBlocks;
  /** Hosts that may have addresses of a joined network, whose blocks only the engine knows. */
  readonly joined: ReadonlySet<string>;
  /** Whether a host is reached through a company proxy, which alone knows its addresses. */
  readonly isProxied: (host: Host) => boolean;
}

/**
 * Judges a request as egress does.
 *
 * @throws {BottleError} `request-unwritable`, exit code 2: no client could send it
 *
 * @example
 * ```ts
 * import { explainRequest } from "./explain.ts";
 * import { compileRoutes } from "./route_table.ts";
 * const table = compileRoutes([{ host: "a.example.com", matches: [{ methods: ["GET"] }], origin: "manifest demo.md:7" }]);
 * const options = {
 *   table, now: 0, exceptions: new Map(), joined: new Set<string>(), isProxied: () => false,
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
  if (!judged.ok) return refused(judged.refusal, options.table);
  const { target, route, request } = judged;
  const parse = passed("parse", describeParse(heads));
  const destination = passed("destination", `${printHost(target.host)}, port ${target.port}`);
  const address = explainAddress(target, route, options);
  const base = { target, path: request?.path, route };
  const before: readonly Step[] = request === undefined
    ? [
      parse,
      destination,
      passed(
        "route",
        `"${route.host}" (${route.origin}): TLS is passed through, so that the name alone decides`,
      ),
      {
        name: "credentials",
        outcome: "skipped",
        detail: "Nothing inside of TLS is seen or changed",
      },
    ]
    : [
      parse,
      destination,
      passed("route", describeRoute(request, options)),
      passed("credentials", describeSent(sentOf(request), request)),
    ];
  if (!address.ok) {
    return refused({ ...address.refusal, target, route: route.host }, options.table, before);
  }
  return {
    ...base,
    verdict: "passes",
    isAddressOpen: address.step.outcome === "open",
    steps: [...before, address.step],
    refusal: undefined,
    sent: request === undefined ? undefined : sentOf(request),
  };
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
      if (route.tls === "passthrough") return { ok: true, target, route, request: undefined };
      tunnel = target;
    }
    const head = parseHead(request);
    const decision = judgeRequest(table, head, tunnel, now);
    if (!decision.ok) return { ok: false, refusal: decision };
    const { target, route, path } = decision;
    const tooLong = findLongBody(decision);
    if (tooLong !== undefined) {
      const refusal = { ok: false, reason: "body-too-large", detail: tooLong } as const;
      return { ok: false, refusal: { ...refusal, target, path, route: route.host } };
    }
    return { ok: true, target, route, request: { ...decision, head } };
  } catch (error) {
    const code = http1ErrorCode(error);
    if (code === undefined || !(error instanceof BottleError)) throw error;
    const reason = code === "http-too-large" ? "too-large" : "protocol";
    return { ok: false, refusal: { ok: false, reason, detail: error.message } };
  }
}

/** What a request says of its body, beside what the route takes. How much it has sent before, nobody knows here. */
function findLongBody({ route, framing }: AllowedRequest): string | undefined {
  const most = route.limits?.body_bytes;
  return most !== undefined && knownLength(framing) > most
    ? `A body of ${knownLength(framing)} bytes, and the route takes ${most}`
    : undefined;
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
  ["git-push", "credentials"],
  ["private-address", "address"],
  ["unresolvable", "address"],
]);

function refused(
  { reason, detail, target, route: routeHost, path }: Refused & { readonly path?: string },
  table: RouteTable,
  before?: readonly Step[],
): Explanation {
  const name = stepsOfReasons.get(reason) ?? "route";
  const at = stepNames.indexOf(name);
  const steps = stepNames.map((step, index): Step =>
    before?.find((each) => each.name === step) ??
      (index < at
        ? passed(step, describePassed(step, target))
        : index === at
        ? { name: step, outcome: "refused", detail }
        : { name: step, outcome: "skipped", detail: "Not reached" })
  );
  const compiled = target === undefined ? undefined : findRoute(table, target.host);
  return {
    verdict: "refused",
    isAddressOpen: false,
    steps,
    refusal: { reason, detail, hint: defaultHint(reason) },
    target,
    path,
    route: routeHost === undefined ? undefined : compiled?.route,
    sent: undefined,
  };
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

type AddressStep =
  | { readonly ok: true; readonly step: Step }
  | { readonly ok: false; readonly refusal: Pick<Refused, "ok" | "reason" | "detail"> };

function explainAddress(
  { host }: ConnectTarget,
  route: Route,
  { addresses, exceptions, joined, isProxied }: ExplainOptions,
): AddressStep {
  if (host.kind === "name" && isProxied(host)) {
    if (route.allow_private !== true && isPrivateName(host.name)) {
      const detail = `${JSON.stringify(host.name)} is a name of private networks`;
      return { ok: false, refusal: { ok: false, reason: "private-address", detail } };
    }
    const detail = "Goes by its name through the company proxy: its addresses are not looked up";
    return { ok: true, step: { name: "address", outcome: "open", detail } };
  }
  const known = host.kind === "ip" ? [host.address] : addresses;
  if (known === undefined) {
    const rule = route.allow_private === true
      ? "private addresses are open for it"
      : "refused should it have a private, loopback, link-local or other special address";
    const detail = `Not looked up: ${rule}`;
    return { ok: true, step: { name: "address", outcome: "open", detail } };
  }
  const decision = checkAddresses(host, known, route, exceptions);
  if (decision.ok) {
    const texts = decision.addresses.map(({ text }) => text).join(", ");
    return { ok: true, step: passed("address", texts) };
  }
  if (decision.reason === "private-address" && joined.has(printHost(host))) {
    const detail = "Passes if it is in the engine network that the bundle joins for it";
    return { ok: true, step: { name: "address", outcome: "open", detail } };
  }
  const { reason, detail } = decision;
  return { ok: false, refusal: { ok: false, reason, detail } };
}

function passed(name: StepName, detail: string): Step {
  return { name, outcome: "passes", detail };
}
