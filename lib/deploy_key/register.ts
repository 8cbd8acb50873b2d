/** The life of one deploy key at its forge: made, and removed, each step with its record. */

import { BottleError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { isRefusal } from "./forge_error.ts";
import { makeKeyPair } from "./key_pair.ts";
import type { DeployKeyProvider, ForgeKey, NewKey } from "./provider.ts";
import type { DeployKeyRecord } from "./record.ts";
import type { RecordStore } from "./record_store.ts";

/** What both ends of a key's life take. */
export interface KeyParts {
  readonly store: Pick<RecordStore, "put" | "remove">;
  /** Of the record's repository. */
  readonly provider: DeployKeyProvider;
  readonly signal: AbortSignal;
}

/**
 * Makes a key and adds it. Its record is written first, so that a crash at any instant leaves a record of whatever there is; one that
 * the forge refused is forgotten again. One with this title that is there already is of a bottle of this name whose record was
 * lost: it is replaced.
 *
 * @returns the private key's text
 * @throws {BottleError} as the provider does; `deploy-key-stale` where one of this title stands in the way
 */
export async function registerKey(
  record: Omit<DeployKeyRecord, "id">,
  { readOnly }: Pick<NewKey, "readOnly">,
  { store, provider, signal }: KeyParts,
): Promise<Secret> {
  const { title } = record;
  const { publicLine, privateText } = await makeKeyPair(title);
  await store.put({ ...record, id: null });
  const key = { title, publicLine, readOnly };
  let made: ForgeKey;
  try {
    made = await createOrReplace(provider, key, signal);
  } catch (error) {
    if (isRefusal(error)) await store.remove({ ...record, id: null });
    throw error;
  }
  await store.put({ ...record, id: made.id });
  return privateText;
}

/** Removes a key, wherever it is known by its id or its title only, then its record. @throws {BottleError} as the provider does */
export async function withdrawKey(
  record: DeployKeyRecord,
  { store, provider, signal }: KeyParts,
): Promise<void> {
  for (const id of await idsOf(record, provider, signal)) await provider.delete(id, signal);
  await store.remove(record);
}

async function createOrReplace(
  provider: DeployKeyProvider,
  key: NewKey,
  signal: AbortSignal,
): Promise<ForgeKey> {
  if (!provider.isTitleUnique) {
    await replaceable(key, signal, provider, await provider.list(key.title, signal));
    return await provider.create(key, signal);
  }
  try {
    return await provider.create(key, signal);
  } catch (error) {
    if (!(error instanceof BottleError) || error.code !== "deploy-key-conflict") throw error;
    if (!await replaceable(key, signal, provider)) throw error;
  }
  return await provider.create(key, signal);
}

/** Removes what has this title already; whether there was something. @param known default: it is looked for */
async function replaceable(
  { title }: NewKey,
  signal: AbortSignal,
  provider: DeployKeyProvider,
  known?: readonly ForgeKey[],
): Promise<boolean> {
  try {
    const stale = known ?? await provider.list(title, signal);
    for (const { id } of stale) await provider.delete(id, signal);
    return stale.length > 0;
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    // Not the forge's no to a new key: an old one may be there, and its record has to stay.
    throw new BottleError(`The deploy key "${title}" of an earlier launch is in the way: ${why}`, {
      code: "deploy-key-stale",
      hint: "Remove it by hand, then start again",
      cause: error,
    });
  }
}

async function idsOf(
  { id, title }: DeployKeyRecord,
  provider: DeployKeyProvider,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (id !== null) return [id];
  try {
    return (await provider.list(title, signal)).map((key) => key.id);
  } catch (error) {
    // A repository that is gone has taken its keys along.
    if (error instanceof BottleError && error.code === "deploy-key-repository") return [];
    throw error;
  }
}
