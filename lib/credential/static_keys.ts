/** The ssh keys of the person's that open a bottle's repositories. */

import { BottleError, ExitCode, type SourcePlace } from "../errors.ts";
import { KEY_HINT, MAX_KEY_BYTES, readPrivateKey } from "../git_gate/private_key_text.ts";
import type { RepoKey, StaticKey } from "../git_gate/repo_key.ts";
import { formatProblem, type Problem, quotePath } from "../manifest/problem.ts";
import { Secret } from "../secret.ts";
import { readPrivateFile } from "./private_file.ts";

/** A repository, as far as its key goes. */
export interface KeyedRepo {
  readonly name: string;
  readonly key: RepoKey;
  /** Where a manifest declares it. */
  readonly place: SourcePlace;
}

/** What a key's file holds. */
export interface StaticKeyFile {
  /** Of the private key, for ssh. */
  readonly text: Secret;
  /** Of the public key: `SHA256:…`; null: the file does not show it. */
  readonly fingerprint: string | null;
}

/**
 * Reads the files of all static keys: while planning, for what is wrong with them, and again at a launch, for a plan
 * keeps no key.
 *
 * @param env HOME is what `~` stands for
 * @returns by the repository's name
 * @throws {BottleError} `key-file`, exit code 125, with all that is wrong; never with anything out of a key
 */
export async function readStaticKeys(
  repos: readonly KeyedRepo[],
  env: (name: string) => string | undefined,
): Promise<ReadonlyMap<string, StaticKeyFile>> {
  const keys = new Map<string, StaticKeyFile>();
  const problems: Problem[] = [];
  for (const { name, key, place } of repos) {
    if (key.provider !== "static") continue;
    const read = await readOne(key, env);
    if ("why" in read) {
      const message = `The key ${quotePath(key.path)} of the repository "${name}" ${read.why}`;
      problems.push({ message, place, hint: read.hint });
    } else keys.set(name, read);
  }
  const [first] = problems;
  if (first === undefined) return keys;
  throw new BottleError(
    problems.length === 1 ? first.message : `${problems.length} keys of repositories can't be used`,
    {
      code: "key-file",
      exitCode: ExitCode.cannotStart,
      place: first.place,
      ...problems.length === 1
        ? first.hint === undefined ? {} : { hint: first.hint }
        : { details: problems.map(formatProblem) },
    },
  );
}

async function readOne(
  { path }: StaticKey,
  env: (name: string) => string | undefined,
): Promise<StaticKeyFile | { readonly why: string; readonly hint: string }> {
  const file = await readPrivateFile({ path, maxBytes: MAX_KEY_BYTES, env });
  if (!file.ok) {
    const { kind, why, hint } = file.fault;
    return { why, hint: kind === "missing" ? KEY_HINT : hint };
  }
  const key = readPrivateKey(file.bytes);
  return key.ok ? { text: new Secret(key.text), fingerprint: key.fingerprint } : key;
}
