/** A bottle's deploy keys: made when it is launched, removed when it ends. */

import type { Progress } from "../../backends/backend.ts";
import { askCredential } from "../../lib/credential/ask.ts";
import { openProvider } from "../../lib/deploy_key/open_provider.ts";
import type { DeployKeyRecord } from "../../lib/deploy_key/record.ts";
import { type KnownRecords, RecordStore } from "../../lib/deploy_key/record_store.ts";
import { registerKey, withdrawKey } from "../../lib/deploy_key/register.ts";
import { deployKeyTitle } from "../../lib/deploy_key/title.ts";
import { escapeControl } from "../../lib/egress/escape.ts";
import { BottleError, type SourcePlace } from "../../lib/errors.ts";
import { credentialKey } from "../../lib/manifest/credential.ts";
import type { Slug } from "../../lib/names.ts";
import type { BottlePlan } from "../../lib/plan/plan.ts";
import type { Secret } from "../../lib/secret.ts";
import type { Services } from "../command.ts";

/** The part of the services that is used. */
export type KeyServices = Pick<Services, "context" | "settings" | "forge">;

/** A deploy key that is still there, or may be. */
export interface StayingKey {
  readonly record: DeployKeyRecord;
  /** Why it could not be removed. */
  readonly why: string;
}

/** A key to be made. */
interface WantedKey {
  readonly record: Omit<DeployKeyRecord, "id">;
  readonly readOnly: boolean;
  /** Of the repository, in a manifest. */
  readonly place: SourcePlace;
}

/** All records of the home. */
export async function knownKeys({ context }: Pick<Services, "context">): Promise<KnownRecords> {
  return await new RecordStore(context.home).all();
}

/**
 * Makes a key for each of the plan's repositories that wants one. Keys of an earlier launch of this bottle go first. What was made before a
 * failure is for the caller to remove.
 *
 * @returns the private keys' texts, by the repository's name
 * @throws {BottleError} what a forge answers; what asking for a token throws
 */
export async function makeDeployKeys(
  services: KeyServices,
  plan: BottlePlan,
  { secrets, progress }: {
    readonly secrets: ReadonlyMap<string, Secret>;
    readonly progress: Progress;
  },
): Promise<ReadonlyMap<string, string>> {
  const { signal } = services.context;
  for (const [key, secret] of secrets) services.forge.tokens.set(key, secret);
  const wanted = wantedKeys(services, plan);
  const earlier = (await knownKeys(services)).records.filter(({ slug }) => slug === plan.slug);
  if (wanted.length + earlier.length === 0) return new Map();
  using step = progress.step(wanted.length === 1 ? "Deploy key" : "Deploy keys");
  for (const record of earlier) {
    await withdraw(services, record, signal);
    step.line(`Removed the one of the last launch: ${record.title}`);
  }
  // Commands may each want the terminal: one after the other, before the requests, which need not wait for each other.
  for (const { record, place } of wanted) await tokenOf(services, record, signal, place);
  const results = await Promise.allSettled(wanted.map((key) => make(services, key, signal)));
  const made = results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
  step.done(wanted.map(({ record: { owner, repo } }) => `${owner}/${repo}`).join(", "));
  return new Map(made);
}

/**
 * Removes all keys of a bottle, each by itself: one that can't be removed keeps no other.
 *
 * @param signal for an end that must not be broken off: one that nothing aborts, as each request has a limit of its own
 * @returns those that stay, with their records
 */
export async function withdrawDeployKeys(
  services: KeyServices,
  slug: Slug,
  signal: AbortSignal,
): Promise<readonly StayingKey[]> {
  const { records } = await knownKeys(services);
  return await withdrawRecords(services, records.filter((record) => record.slug === slug), signal);
}

/** The same for keys by their records. */
export async function withdrawRecords(
  services: KeyServices,
  records: readonly DeployKeyRecord[],
  signal: AbortSignal,
): Promise<readonly StayingKey[]> {
  const { tokens } = services.forge;
  const staying: StayingKey[] = [];
  // Of the launch, which may be long ago: each is asked for anew where it is not accepted any more, once.
  const old = new Set(tokens.keys());
  const renew = (key: string, error: unknown): boolean =>
    error instanceof BottleError && error.code === "deploy-key-token" && old.delete(key) &&
    tokens.delete(key);
  // One after the other: the commands that tokens come from may each want the terminal.
  for (const record of records) {
    try {
      await withdraw(services, record, signal).catch(async (error: unknown) => {
        if (record.token.kind === "env" || !renew(credentialKey(record.token), error)) throw error;
        await withdraw(services, record, signal);
      });
    } catch (error) {
      signal.throwIfAborted();
      staying.push({ record, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return staying;
}

function wantedKeys({ context }: KeyServices, plan: BottlePlan): readonly WantedKey[] {
  const { slug } = plan;
  return plan.gitGate.repos.flatMap(({ name, key, place }) => {
    if (!("provisionerToken" in key)) return [];
    const { provider, api, owner, repo, provisionerToken: token, readOnly } = key;
    const title = deployKeyTitle(slug, name);
    const createdAt = context.clock.now().toISOString();
    const record = { slug, name, provider, api, owner, repo, title, token, createdAt };
    return [{ record, readOnly, place }];
  });
}

async function make(
  services: KeyServices,
  { record, readOnly, place }: WantedKey,
  signal: AbortSignal,
): Promise<readonly [name: string, privateKey: string]> {
  const { context: { home }, forge: { send } } = services;
  const token = await tokenOf(services, record, signal, place);
  const secret = await registerKey(record, { readOnly }, {
    store: new RecordStore(home),
    provider: openProvider(record.provider, { target: record, token, send }),
    signal,
  });
  return [record.name, secret.reveal()];
}

async function withdraw(
  services: KeyServices,
  record: DeployKeyRecord,
  signal: AbortSignal,
): Promise<void> {
  const { context: { home }, forge: { send } } = services;
  const token = await tokenOf(services, record, signal);
  await withdrawKey(record, {
    store: new RecordStore(home),
    provider: openProvider(record.provider, { target: record, token, send }),
    signal,
  });
}

async function tokenOf(
  { context, settings, forge: { tokens } }: KeyServices,
  { token: source }: Pick<DeployKeyRecord, "token">,
  signal: AbortSignal,
  place?: SourcePlace,
): Promise<Secret> {
  const key = credentialKey(source);
  const known = tokens.get(key);
  if (known !== undefined) return known;
  const asked = await askCredential({ source, ...(place && { place }) }, {
    ...context,
    signal,
    mayAsk: true,
    onCommand: (command) => {
      if (!settings.quiet) {
        context.out.stderr(`Running ${escapeControl(command)} for a credential\n`);
      }
    },
  });
  tokens.set(key, asked);
  return asked;
}
