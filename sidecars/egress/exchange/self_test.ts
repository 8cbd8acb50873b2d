/**
 * `GET http://_egress.local/self-test`: a throw-away credential goes the way that real ones go, so that a launch can
 * see the swap work without an upstream, and before the agent runs.
 */

import { createHash } from "node:crypto";
import { inject, stripInbound } from "../../../lib/egress/credential/credentials.ts";
import { type HeaderList, headerValues, type RequestHead } from "../../../lib/egress/message.ts";
import type { EgressConfig } from "../../../lib/egress/config.ts";
import type { Route } from "../../../lib/egress/route/route.ts";

/** The one name with an underscore: compared byte for byte, as the host parser takes no such name. */
const HOST = "_egress.local";
/** What the launch asks for. */
export const SELF_TEST_TARGET = `http://${HOST}/self-test`;
const ALLOWLIST_TARGET = `http://${HOST}/allowlist`;

const auth = { scheme: "bearer", token: "EGRESS_TOKEN_0" } as const;
const route: Route = { host: HOST, auth, origin: "self-test" };

/** Whether a request that came to the proxy itself is for the proxy itself. */
export function isForSelf(head: RequestHead): boolean {
  return head.target.startsWith(`http://${HOST}/`);
}

/** Whether it asks for the routes: byte for byte, and over plain http alone, as no certificate has such a name. */
export function isForAllowlist({ method, target, headers }: RequestHead): boolean {
  return method === "GET" && target === ALLOWLIST_TARGET && isNamed(headers);
}

/** What the self-test answers. */
export type SelfTestResult =
  /** Lower-case hex SHA-256 of the credential as an upstream would have received it. */
  | { readonly ok: true; readonly sha256: string }
  | { readonly ok: false; readonly detail: string };

/** @param headers of the request, as they came */
export function runSelfTest(
  head: RequestHead,
  selfTest: EgressConfig["self_test"],
): SelfTestResult {
  if (head.method !== "GET" || head.target !== SELF_TEST_TARGET || !isNamed(head.headers)) {
    return { ok: false, detail: `Only GET ${ALLOWLIST_TARGET} and ${SELF_TEST_TARGET} are served` };
  }
  if (selfTest === null) return { ok: false, detail: "No self-test is configured" };
  const [sent] = headerValues(head.headers, "authorization");
  if (sent !== `Bearer ${selfTest.placeholder}`) {
    return { ok: false, detail: "The request does not carry the placeholder of the self-test" };
  }
  const stripped = stripInbound(head.headers, route);
  const received = headerValues(inject(stripped.headers, auth, selfTest.value), "authorization");
  const [credential, second] = received;
  if (credential === undefined || second !== undefined) {
    return { ok: false, detail: "The credential was not swapped" };
  }
  const value = credential.replace(/^Bearer /, "");
  return { ok: true, sha256: createHash("sha256").update(value).digest("hex") };
}

function isNamed(headers: HeaderList): boolean {
  const values = headerValues(headers, "host");
  return values.length === 1 && values[0] === HOST;
}
