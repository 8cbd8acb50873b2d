/** What the tests of agents' images share. */

import type { CleanupItem } from "../../../backends/backend.ts";
import { createDockerBackend } from "../../../backends/docker/backend.ts";
import { createEngine, type Engine } from "../../../backends/engine/engine.ts";
import { packTar } from "../../../lib/archive/pack.ts";
import type { BottlePlan } from "../../../lib/plan/plan.ts";
import type { BottleSpec } from "../../../lib/plan/spec.ts";
import { createRun } from "../../../lib/process/create_run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { providerImage } from "../../support/provider_image.ts";
import { createSubject, type Subject } from "../conformance/subject.ts";

/** For the tests' own look at what was done. */
export const engine: Engine = createEngine({ run: createRun() });

/** The image that the other tests start from: what is built here begins from it, for a guest's programs are in it. */
export const BASE: string = providerImage(await findProvider("scripted"), await extraCa()).tag;

/** What every build gets as `extra-ca.pem`; null: nothing. */
export async function extraCa(): Promise<string | null> {
  const file = Deno.env.get("BOT_BOTTLE_EXTRA_CA") ?? "";
  return file === "" ? null : await Deno.readTextFile(file);
}

/** A subject whose images and marks go with it, and whose bottles take a Dockerfile of a folder of its own. */
export interface ImageSubject extends AsyncDisposable {
  readonly subject: Subject;
  /** Where the Dockerfile and its context lie. */
  readonly folder: string;
  readonly lines: readonly string[];
  plan(
    dockerfile: string,
    more?: { readonly spec?: Partial<BottleSpec>; readonly version?: string },
  ): Promise<BottlePlan>;
  launch(plan: BottlePlan): ReturnType<Subject["launch"]>;
  /** How many builds were begun. */
  builds(): number;
}

/** Makes it. */
export async function openImages(): Promise<ImageSubject> {
  const cache = await Deno.makeTempDir({ prefix: "bot-bottle-test-" });
  const subject = await createSubject(
    (context) => createDockerBackend(context, { providers: findProvider }),
    { env: { XDG_CACHE_HOME: cache } },
  );
  const folder = `${subject.context.home}/own`;
  await Deno.mkdir(folder);
  const lines: string[] = [];
  const progress = {
    step: () => ({
      line: (text: string) => void lines.push(text),
      done: () => undefined,
      [Symbol.dispose]: () => undefined,
    }),
  };
  return {
    subject,
    folder,
    lines,
    plan: async (dockerfile, { spec = {}, version } = {}) => {
      await Deno.writeTextFile(`${folder}/Dockerfile`, dockerfile);
      const provider = {
        template: "scripted",
        dockerfile: `${folder}/Dockerfile`,
        ...(version === undefined ? {} : { version }),
      };
      return await subject.prepare({ bottle: { agent_provider: provider } }, spec);
    },
    launch: (plan) => subject.launch(plan, { progress }),
    builds: () =>
      subject.calls.filter((argv) => argv[1] === "build" && argv.includes("--tag")).length,
    [Symbol.asyncDispose]: async () => {
      const { backend, home } = subject;
      const all = { slugs: [], includeRunning: true, images: true };
      await backend.cleanup((await backend.plannedCleanup(home, all)).filter(isNotShared));
      await subject[Symbol.asyncDispose]();
      await Deno.remove(cache, { recursive: true });
    },
  };
}

/** The bundle's image, should this home have been the first to build it, is what the other tests start from. */
export function isNotShared({ name }: CleanupItem): boolean {
  return !name.startsWith("bot-bottle-bundle:");
}

/** An image of the test's own, without a label of ours. */
export async function buildImage(name: string, dockerfile: string): Promise<void> {
  const stdin = await packTar([{ name: "Dockerfile", mode: 0o644, content: dockerfile }]);
  await engine.docker(["build", "--quiet", "--tag", name, "--force-rm", "-"], { stdin });
}
