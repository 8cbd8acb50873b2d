/** `policy test`: what egress would say to a request of an agent, without a bottle and without an engine. */

import { parseAddress } from "../../lib/egress/host/address.ts";
import type { AskedRequest } from "../../lib/egress/explain/asked_request.ts";
import type { IpAddress } from "../../lib/egress/host/ip.ts";
import { explainRequest } from "../../lib/egress/explain/explain.ts";
import type { ExplainOptions, Explanation } from "../../lib/egress/explain/explanation.ts";
import { compileNoProxy } from "../../lib/egress/host/no_proxy.ts";
import { findRemedy, type Remedy } from "../../lib/egress/explain/remedy.ts";
import { type Placeholder, placeholderTail } from "../../lib/egress/credential/placeholder.ts";
import { compileRoutes } from "../../lib/egress/route/route_table.ts";
import { BottleError } from "../../lib/errors.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Services } from "../command.ts";
import { badUsage } from "../usage.ts";
import { requestFor } from "./info.ts";
import { type BottleRequest, prepareBottle } from "./prepare.ts";

/** What is asked. */
export interface PolicyQuestion {
  /** An agent's name, or the slug of a bottle that is remembered. */
  readonly name: string;
  readonly bottle?: string | undefined;
  readonly asked: AskedRequest;
  /** What the host is taken to resolve to; none: it is left open, or looked up. */
  readonly addresses: readonly string[];
  /** Whether this machine's resolver is asked. */
  readonly resolve: boolean;
}

/** What there is to say. */
export interface PolicyAnswer {
  readonly asked: AskedRequest;
  readonly explained: Explanation;
  readonly remedy: Remedy;
  /** Of a bottle that exists; null: of an agent. */
  readonly slug: string | null;
  /** The bottle's manifest. */
  readonly file: string;
  /** What the answer takes for granted. */
  readonly notes: readonly string[];
}

/** @throws {BottleError} what the manifests say; `usage`; `request-unwritable` */
export async function testPolicy(
  services: Services,
  question: PolicyQuestion,
): Promise<PolicyAnswer> {
  const { name, bottle, asked } = question;
  const addresses = question.addresses.map(readAddress);
  const request = await requestFor(services, name);
  const wanted = { ...request, ...(bottle === undefined ? {} : { bottle }) };
  const { plan, notes } = await planFor(services, wanted);
  const { routes, bundleNetworks, upstreamProxy } = plan.egress;
  const isDirect = compileNoProxy(upstreamProxy?.noProxy ?? []);
  const given: ExplainOptions = {
    table: compileRoutes(routes),
    now: services.context.clock.now().getTime(),
    placeholders: [...plan.egress.placeholders, ...ownPlaceholders(asked, plan.slug)],
    exceptions: new Map(),
    joined: new Set(bundleNetworks.flatMap(({ hosts }) => hosts)),
    isProxied: (host) => upstreamProxy !== null && !isDirect(host),
    ...(addresses.length === 0 ? {} : { addresses }),
  };
  const found = question.resolve && addresses.length === 0
    ? await resolveOpen(services, explainRequest(asked, given), given)
    : undefined;
  const options = found === undefined ? given : { ...given, addresses: found };
  const explained = explainRequest(asked, options);
  return {
    asked,
    explained,
    remedy: findRemedy(asked, explained, routes, options),
    slug: request.slug ?? null,
    file: plan.manifest.bottle.file,
    notes: [...notes, ...originNotes(plan)],
  };
}

/** Only what would pass is looked up, as in egress, and not what the company proxy looks up by itself. */
async function resolveOpen(
  { context: { run, signal } }: Services,
  { isAddressOpen, target }: Explanation,
  { isProxied }: ExplainOptions,
): Promise<readonly IpAddress[] | undefined> {
  if (!isAddressOpen || target?.host.kind !== "name" || isProxied(target.host)) return undefined;
  const { lookUp } = await import("./look_up.ts");
  return await lookUp(target.host.name, { run, os: Deno.build.os, signal });
}

/**
 * Credentials are asked for by nobody: which requests pass does not hang on their values. Where a provider tells the kind
 * of its own by the value, and that is not at hand, the more usual kind is taken.
 */
async function planFor(
  services: Services,
  request: BottleRequest,
): Promise<{ readonly plan: BottlePlan; readonly notes: readonly string[] }> {
  const { context } = services;
  const backend = await services.backend();
  const entering = { credentialType: request.entering?.credentialType ?? null };
  try {
    return { plan: await prepareBottle(context, backend, { ...request, entering }), notes: [] };
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "host-variable-missing") throw error;
    const plan = await prepareBottle(context, backend, {
      ...request,
      entering: { credentialType: "oauth_token" },
    });
    const note = `${error.message}: the provider's credential is taken for an OAuth token`;
    return { plan, notes: [note] };
  }
}

/** A bottle that exists has placeholders of its own, which nobody has written down: they have its name in them. */
function ownPlaceholders({ url, headers }: AskedRequest, slug: Slug): readonly Placeholder[] {
  const words = [url, ...headers.map(([, value]) => value)].flatMap((text) => text.split(/[^\w-]/));
  return words.flatMap((value) =>
    placeholderTail(value)?.startsWith(`bot-bottle-${slug}-`) ? [{ value, token: null }] : []
  );
}

function originNotes({ manifest: { agent } }: BottlePlan): readonly string[] {
  return agent.origin === "repository"
    ? [`The agent comes from a repository: "${agent.file}" is not yours`]
    : [];
}

function readAddress(text: string): IpAddress {
  const address = parseAddress(text);
  if (address !== undefined) return address;
  throw badUsage(`Not an address: "${text}"`, "Write --address 192.0.2.1, as often as there are");
}
