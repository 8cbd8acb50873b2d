/**
 * `deno task bench:workspace [--json] [--mebibytes N] [--loose]`: a repository of so many MiB that don't compress into a bottle of 512 MiB; beside it
 * `git clone` of the same repository to the same disk. Time, and the most memory that each program took.
 */

import { createDockerBackend } from "../../backends/docker/backend.ts";
import { provision } from "../../lib/provision/provision.ts";
import { inspectWorkspace } from "../../lib/workspace/inspect.ts";
import { findProvider } from "../../providers/registry.ts";
import { createSubject } from "../integration/conformance/subject.ts";
import { makeRepository, realGitHost, type TestRepository } from "../support/repository.ts";
import { round, table } from "./start/stats.ts";
import { watchPeakMemory } from "./workspace/peak_memory.ts";

const MIB = 1024 ** 2;
/** As many bytes as WebCrypto draws at once. */
const DRAW = 65_536;

async function makeBigRepository(
  folder: string,
  mebibytes: number,
  isLoose: boolean,
): Promise<TestRepository> {
  const repository = await makeRepository(folder);
  const bytes = new Uint8Array(MIB);
  for (let at = 0; at < mebibytes; at++) {
    for (let from = 0; from < MIB; from += DRAW) {
      crypto.getRandomValues(bytes.subarray(from, from + DRAW));
    }
    await Deno.writeFile(`${folder}/${String(at).padStart(5, "0")}.bin`, bytes);
  }
  await repository.git("config", "core.compression", "0");
  await repository.git("config", "gc.auto", "0");
  await repository.commit("Much");
  if (!isLoose) await repository.git("-c", "pack.window=0", "repack", "-a", "-d", "--quiet");
  return repository;
}

async function time(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function optionOf(name: string, fallback: number): number {
  const at = Deno.args.indexOf(name);
  return at < 0 ? fallback : Number(Deno.args[at + 1]);
}

const mebibytes = optionOf("--mebibytes", 1024);
const folder = await Deno.realPath(await Deno.makeTempDir());
try {
  const repository = await makeBigRepository(
    `${folder}/repository`,
    mebibytes,
    Deno.args.includes("--loose"),
  );
  const clone = (): Promise<unknown> =>
    repository.git("clone", "--quiet", "--no-local", repository.folder, `${folder}/clone`);
  const cloneMs = await time(async () => void await clone());

  let inspectMs = 0;
  let sendMs = 0;
  let peaks: ReadonlyMap<string, number> = new Map();
  await using subject = await createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
  );
  const found: Awaited<ReturnType<typeof inspectWorkspace>>[] = [];
  inspectMs = await time(async () =>
    void found.push(await inspectWorkspace(realGitHost, { folder: repository.folder }))
  );
  const [workspace] = found;
  const plan = await subject.prepare(
    { bottle: { resources: { cpus: 2, memory: "512m" } } },
    workspace === undefined ? {} : { workspace },
  );
  const provider = await findProvider(plan.agent.provider);
  await using bottle = await subject.launch(plan, {
    provision: async (bottle) => {
      const stop = watchPeakMemory();
      sendMs = await time(() => provision(bottle, plan, provider, { host: realGitHost }));
      peaks = stop();
    },
  });
  const status = await bottle.exec(["git", "status", "--porcelain"], {
    cwd: plan.agent.workFolder,
  });
  if (status.code !== 0 || status.stdout !== "") throw new Error(`not clean: ${status.stderr}`);

  const figures = {
    mebibytes,
    inspect_ms: round(inspectMs, 0),
    send_s: round(sendMs / 1000, 1),
    git_clone_s: round(cloneMs / 1000, 1),
    send_ratio_git_clone: round(sendMs / cloneMs),
    ...Object.fromEntries(
      [...peaks].map(([name, peak]) => [`peak_mb_${name}`, round(peak, 0)]),
    ),
  };
  const text = Deno.args.includes("--json")
    ? JSON.stringify(figures)
    : table([["figure", "value"], ...Object.entries(figures)]);
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
} finally {
  await Deno.remove(folder, { recursive: true });
}
