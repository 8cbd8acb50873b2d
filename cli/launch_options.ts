/** The options that `start` and `run` share: what a bottle is launched with. */

import { Command, Option } from "../lib/deps/commander.ts";
import type { BundleNetwork, RuntimeChoice } from "../lib/plan/spec.ts";
import { collectNetwork } from "./arguments.ts";
import { parseLabel } from "./label.ts";
import type { BottleRequest } from "./session/prepare.ts";

/** As the parser gives them. */
export type LaunchFlags = {
  bottle?: string | undefined;
  label?: string | undefined;
  bundleNetwork?: BundleNetwork[] | undefined;
  keep?: true | undefined;
  image?: string | undefined;
  rebuild?: true | undefined;
  runtime?: RuntimeChoice | undefined;
  workspace?: string | true | undefined;
  include?: string[] | undefined;
};

/** A command that has them. */
export function launchCommand(name: string): Command<[], LaunchFlags> {
  return new Command(name)
    .option("--bottle <name>", "another bottle than the agent's own")
    .option("--label <text>", "shown by list", parseLabel)
    .option(
      "--bundle-network <name[=host,...]>",
      "join the bundle to an engine network; the hosts may have addresses in it (repeatable)",
      collectNetwork,
    )
    .option(
      "--workspace [folder]",
      "bring in the repository of the working directory, or of another folder: its commits as a git bundle",
    )
    .option(
      "--include <path>",
      "a file or folder of the workspace that no commit has, to bring in too (repeatable)",
      (path: string, before: string[] = []) => [...before, path],
    )
    .option("--image <reference>", "a ready-made image instead of the agent's own")
    .option("--rebuild", "build the agent's image anew")
    .addOption(
      new Option("--runtime <name>", "the engine's own runtime, or gVisor's").choices(
        [
          "runc",
          "runsc",
        ] as const,
      ),
    )
    .option("--keep", "keep the bottle when the agent ends");
}

/** What they ask for. */
export function launchRequest(flags: LaunchFlags): Omit<BottleRequest, "agent" | "slug" | "cwd"> {
  const { bottle, label, bundleNetwork, image, runtime } = flags;
  return {
    keep: flags.keep ?? false,
    rebuild: flags.rebuild ?? false,
    ...(bottle === undefined ? {} : { bottle }),
    ...(label === undefined ? {} : { label }),
    ...(bundleNetwork === undefined ? {} : { bundleNetworks: bundleNetwork }),
    ...(image === undefined ? {} : { image }),
    ...(runtime === undefined ? {} : { runtime }),
  };
}
