/** What a forge holds: repositories, whose tokens may do what, and deploy keys. */

import type { PublicKey } from "./public_key.ts";

/** A token, by what it is worth. */
export interface TestToken {
  readonly user: string;
  /** `write:repository`, `read:repository`, … */
  readonly scopes: readonly string[];
}

/** A repository. */
export interface TestRepo {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  /** Who may do anything. */
  readonly admins: readonly string[];
  /** Who sees it besides. */
  readonly readers: readonly string[];
}

/** A deploy key. */
export interface TestDeployKey {
  readonly id: number;
  readonly repo: TestRepo;
  readonly title: string;
  readonly key: PublicKey;
  /** As it was sent. */
  readonly line: string;
  readonly readOnly: boolean;
  readonly createdAt: string;
}

/** All of it, and what was wrong with the requests. */
export class World {
  readonly tokens = new Map<string, TestToken>();
  readonly repos: TestRepo[] = [];
  keys: TestDeployKey[] = [];
  /** Requests that no client of the API should send, in words: a test ends with none. */
  readonly violations: string[] = [];
  /** `POST /api/v1/repos/team/widget/keys`, as they came. */
  readonly requests: string[] = [];
  #next = 41;

  repo(owner: string, name: string): TestRepo | undefined {
    return this.repos.find((repo) => repo.owner === owner && repo.name === name);
  }

  addRepo(repo: Omit<TestRepo, "id">): TestRepo {
    const made = { id: this.repos.length + 1, ...repo };
    this.repos.push(made);
    return made;
  }

  addKey(key: Omit<TestDeployKey, "id" | "createdAt">): TestDeployKey {
    const made = { ...key, id: this.#next++, createdAt: new Date().toISOString() };
    this.keys.push(made);
    return made;
  }

  keysOf(repo: TestRepo): readonly TestDeployKey[] {
    return this.keys.filter((key) => key.repo === repo);
  }

  /** Titles of all keys. */
  titles(): readonly string[] {
    return this.keys.map(({ title }) => title);
  }
}
