/** Whether the addresses of a request's host may be reached, as far as that is known without asking for them. */

import { checkAddresses } from "../host/destination.ts";
import { type ExplainOptions, passed, type Step } from "./explanation.ts";
import { printHost } from "../host/host.ts";
import type { ConnectTarget, Refused } from "../judge/judge_connect.ts";
import { isPrivateName } from "../host/private_name.ts";
import type { Route } from "../route/route.ts";

/** The step, or why the request is refused at it. */
export type AddressStep =
  | { readonly ok: true; readonly step: Step }
  | { readonly ok: false; readonly refusal: Pick<Refused, "ok" | "reason" | "detail"> };

/** Judges them by the rule of the dialer. */
export function explainAddress(
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
