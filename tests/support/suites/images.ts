/** Every image that the suites start from, built once before any of them: a build in a test would count as its time. */

import { ensureAgentImage } from "../../../backends/docker/agent_image.ts";
import { ensureBundleImage } from "../../../backends/bundle/image.ts";
import { createEngine } from "../../../backends/engine/engine.ts";
import { systemClock } from "../../../lib/clock.ts";
import { BottleError } from "../../../lib/errors.ts";
import { findHomeId } from "../../../lib/home_id.ts";
import { readExtraCa } from "../../../lib/plan/extra_ca.ts";
import type { Run } from "../../../lib/process/run.ts";
import { findProvider } from "../../../providers/registry.ts";
import { ensureGitImage } from "../git/image.ts";
import { ensureClientsImage } from "../package_clients/image.ts";
import { providerImage } from "../provider_image.ts";
import type { Trouble } from "../report/report.ts";

const PROVIDERS = ["scripted", "claude"] as const;

/** What building takes. */
export interface BuildImagesOptions {
  readonly run: Run;
  readonly env: (name: string) => string | undefined;
  /** Where logs of failed builds go. */
  readonly home: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Builds what the engine doesn't have, all at once; gives back what failed. */
export async function buildImages(options: BuildImagesOptions): Promise<Trouble[]> {
  const { run, env, home, signal, say } = options;
  const engine = createEngine({ run });
  const attempt = async (name: string, build: () => Promise<unknown>): Promise<Trouble[]> => {
    try {
      await build();
      say(`image of ${name}: ok`);
      return [];
    } catch (error) {
      signal.throwIfAborted();
      say(`image of ${name}: failed`);
      const details = error instanceof BottleError ? error.details : [];
      return [{
        title: `Image of ${name}`,
        details: [String(error), ...details].join("\n"),
      }];
    }
  };
  const buildAgent = async (name: string): Promise<void> => {
    const extraCaPem = (await readExtraCa(env))?.pem ?? null;
    const provider = await findProvider(name);
    const context = { home, env, clock: systemClock };
    await ensureAgentImage(engine, context, providerImage(provider, extraCaPem), {
      home: await findHomeId(home),
      guestHome: provider.guestHome,
      extraCaPem,
      onLine: () => {},
      signal,
    });
  };
  const troubles = await Promise.all([
    attempt("the bundle", () => {
      return ensureBundleImage({ run, env, home, clock: systemClock }, engine, { signal });
    }),
    ...PROVIDERS.map((name) => attempt(name, () => buildAgent(name))),
    attempt("the package clients", () => ensureClientsImage(run, signal)),
    attempt("the git server", () => ensureGitImage(run, signal)),
  ]);
  return troubles.flat();
}
