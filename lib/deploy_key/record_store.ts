/** The home's records of deploy keys: a file each, from before a key is made until the forge said that it is gone. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { BottleError } from "../errors.ts";
import { writeFileAtomically } from "../state/atomic_file.ts";
import { asWriteFailure } from "../state/write_failure.ts";
import { type DeployKeyRecord, formatRecord, parseRecord } from "./record.ts";

/** The folder, in a home. */
export const RECORDS_FOLDER = "deploy_keys";

/** All records of a home. */
export interface KnownRecords {
  readonly records: readonly DeployKeyRecord[];
  /** Files that can't be read, each with the error. */
  readonly corrupted: readonly BottleError[];
}

/** Reads and writes only below the home's `deploy_keys/`. */
export class RecordStore {
  readonly #folder: string;

  /** @param home absolute; need not exist yet */
  constructor(home: string) {
    this.#folder = join(home, RECORDS_FOLDER);
  }

  /** Writes one, over that of the same bottle and repository. @throws {BottleError} `disk-full`, `not-writable` */
  async put(record: DeployKeyRecord): Promise<void> {
    await writeFileAtomically(this.#file(record), formatRecord(record));
  }

  /** Forgets one. Not there: fine. @throws {BottleError} `disk-full`, `not-writable` */
  async remove(record: DeployKeyRecord): Promise<void> {
    const file = this.#file(record);
    try {
      await Deno.remove(file);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw asWriteFailure(error, file);
    }
  }

  /** Everything, by bottle and repository; what can't be read is told apart. */
  async all(): Promise<KnownRecords> {
    const records: DeployKeyRecord[] = [];
    const corrupted: BottleError[] = [];
    for (const name of await namesIn(this.#folder)) {
      const file = join(this.#folder, name);
      try {
        records.push(parseRecord(await Deno.readTextFile(file), file));
      } catch (error) {
        // Another command may have removed it since it was listed.
        if (error instanceof Deno.errors.NotFound) continue;
        if (!(error instanceof BottleError)) throw error;
        corrupted.push(error);
      }
    }
    return { records, corrupted };
  }

  /** A bottle may have had the same repository at another place: two records then. */
  #file({ slug, name, provider, api, owner, repo }: DeployKeyRecord): string {
    const target = JSON.stringify([provider, api, owner, repo]);
    const digest = createHash("sha256").update(target).digest("hex").slice(0, 8);
    return join(this.#folder, `${slug}.${name}.${digest}.json`);
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ isFile, name }) => isFile && name.endsWith(".json"))
      .map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
