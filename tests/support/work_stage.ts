/** A person's repository and an agent's, for tests of the way out: the guest is a shell of this machine. */

import { createRun } from "../../lib/process/create_run.ts";
import {
  type Collected,
  type CollectRequest,
  collectWork,
  type Guest,
} from "../../lib/workspace/collect.ts";
import {
  findPersonRepository,
  type PersonRepository,
} from "../../lib/workspace/person_repository.ts";
import {
  openQuarantine,
  type Quarantine,
  type QuarantineLimits,
} from "../../lib/workspace/quarantine.ts";
import { type Oid, parseOid } from "../../lib/workspace/types.ts";
import { makeRepository, realGitHost, repositoryAt, type TestRepository } from "./repository.ts";

/** Two repositories with one commit in common, and what leads from one to the other. */
export interface WorkStage extends AsyncDisposable {
  readonly root: string;
  readonly person: TestRepository;
  readonly agent: TestRepository;
  /** The commit that they have in common. */
  readonly base: Oid;
  repository(): Promise<PersonRepository>;
  collect(options?: Partial<CollectRequest>): Promise<Collected & { readonly file: string }>;
  /** Collects and imports. */
  open(options?: { readonly limits?: QuarantineLimits }): Promise<Quarantine>;
  /** Imports a bundle that the test has made, as if the guest had handed it out. */
  openFile(
    file: string,
    facts: { readonly head: string; readonly uncommitted?: string },
    options?: { readonly limits?: QuarantineLimits },
  ): Promise<Quarantine>;
}

/** A guest whose programs run here. */
export const localGuest: Guest = {
  stream: (argv, options = {}) =>
    createRun().duplex(argv, {
      env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    }),
};

/** A whole object name, in a test. */
export function oid(text: string): Oid {
  return parseOid(text, () => {
    throw new Error(`no object name: ${text}`);
  });
}

/** Makes them. @param files of the first commit */
export async function makeWorkStage(
  files: Readonly<Record<string, string>> = { "a.txt": "one\n" },
  ...init: string[]
): Promise<WorkStage> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "bot-bottle-work-" }));
  const person = await makeRepository(`${root}/person`, ...init);
  for (const [path, text] of Object.entries(files)) await person.write(path, text);
  const base = oid(await person.commit("First"));
  await person.git("clone", "--quiet", "--no-hardlinks", person.folder, `${root}/agent`);
  const agent = repositoryAt(`${root}/agent`);
  await agent.git("remote", "remove", "origin");
  let bundles = 0;
  const repository = (): Promise<PersonRepository> =>
    findPersonRepository(realGitHost, person.folder);
  const collect: WorkStage["collect"] = async (options = {}) => {
    const file = `${root}/${bundles++}.bundle`;
    const collected = await collectWork(localGuest, {
      guestFolder: agent.folder,
      known: [base],
      file,
      ...options,
    });
    return { ...collected, file };
  };
  const openFile: WorkStage["openFile"] = async (file, facts, options = {}) =>
    await openQuarantine(realGitHost, {
      repository: await repository(),
      bundle: file,
      base,
      facts: {
        head: oid(facts.head),
        branch: null,
        uncommitted: facts.uncommitted === undefined ? null : oid(facts.uncommitted),
        leftOut: "none",
        elsewhere: 0,
      },
      ...options,
    });
  return {
    root,
    person,
    agent,
    base,
    repository,
    collect,
    openFile,
    open: async (options = {}) => {
      const { facts, bytes, file } = await collect();
      return await openQuarantine(realGitHost, {
        repository: await repository(),
        facts,
        base,
        bundle: bytes === null ? null : file,
        ...options,
      });
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
