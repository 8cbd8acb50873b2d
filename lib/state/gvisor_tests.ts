/** `gvisor.json` of a home: how gVisor's self-tests went, one an engine and registration. Written by `doctor`. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "../deps/zod.ts";
import { writeFileAtomically } from "./atomic_file.ts";

/** Engines that a person uses in turn; the oldest result goes first. */
const MAX_RESULTS = 20;

const resultSchema = z.strictObject({
  /** {@linkcode gvisorKey}. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  tested_at: z.iso.datetime(),
  passed: z.boolean(),
  /** Why not; empty if it passed. */
  why: z.string(),
});

const fileSchema = z.strictObject({ schema: z.literal(1), results: z.array(resultSchema) });

/** One self-test's end. */
export type GvisorResult = Readonly<z.infer<typeof resultSchema>>;

/** What a result holds for: another engine, another version or another registration is untested. */
export interface GvisorSubject {
  /** The engine's own id. */
  readonly engine: string;
  readonly engineVersion: string;
  readonly kernel: string;
  /** What the engine tells of its runtime "runsc": path, arguments, and where it knows them the version and features. */
  readonly registration: unknown;
}

/** SHA-256, hex, of the subject. */
export function gvisorKey(subject: GvisorSubject): string {
  const { engine, engineVersion, kernel, registration } = subject;
  const text = JSON.stringify([engine, engineVersion, kernel, registration ?? null]);
  return createHash("sha256").update(text).digest("hex");
}

/** The result for that key; undefined if none is remembered, or the file can't be read: then nothing is known. */
export async function readGvisorResult(
  home: string,
  key: string,
): Promise<GvisorResult | undefined> {
  return (await readResults(home)).find((result) => result.key === key);
}

/** Remembers a result over an older one of the same key. @throws {BottleError} `disk-full`, `not-writable` */
export async function rememberGvisorResult(home: string, result: GvisorResult): Promise<void> {
  const others = (await readResults(home)).filter(({ key }) => key !== result.key);
  const results = [...others, result].slice(-MAX_RESULTS);
  const text = `${JSON.stringify({ schema: 1, results }, null, 2)}\n`;
  await writeFileAtomically(fileOf(home), text);
}

async function readResults(home: string): Promise<readonly GvisorResult[]> {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(await Deno.readTextFile(fileOf(home))));
    return parsed.success ? parsed.data.results : [];
  } catch {
    return [];
  }
}

function fileOf(home: string): string {
  return join(home, "gvisor.json");
}
