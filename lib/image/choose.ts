/**
 * The cascade: which image an agent gets. The first that names one wins: `--image`, the bottle's own Dockerfile in
 * `state/<slug>/`, the manifest's image or Dockerfile, the provider's Dockerfile.
 */

import { join } from "node:path";
import { BottleError, ExitCode } from "../errors.ts";
import { formatPlace, quote } from "../manifest/problem.ts";
import type { AgentProviderChoice, Sourced } from "../manifest/types.ts";
import type { Slug } from "../names.ts";
import { declaresArg } from "./dockerfile.ts";
import { readDockerfile } from "./dockerfile_file.ts";
import { findDockerfile, readOwnContext } from "./manifest_dockerfile.ts";
import { isImageReference, REFERENCE_RULE } from "./reference.ts";
import type { BuiltImage, ImageCandidate, ImageSource, ReadyImage } from "./types.ts";

/** What a provider says of its image. */
export interface ImageProvider {
  readonly name: string;
  /** Text of its Dockerfile. */
  readonly dockerfile: string;
  /** The `ARG` of the Dockerfile that takes the agent program's version; absent: it takes none. */
  readonly versionArg?: string;
  /** Programs that the guest must have on PATH besides bash, tar, git and sleep. */
  readonly guestPrograms?: readonly string[];
}

/** What the choice is made from. */
export interface ImageRequest {
  /** `--image`. */
  readonly option?: string;
  /** `--rebuild`. */
  readonly rebuild: boolean;
  /** Of a bottle that exists: it may have a Dockerfile of its own. */
  readonly slug?: Slug;
  readonly choice: Sourced<AgentProviderChoice>;
  readonly provider: ImageProvider;
  /** bot-bottle's home, absolute. */
  readonly home: string;
  /** The person's home, for `~/`; undefined if it isn't known. */
  readonly userHome: string | undefined;
}

/** The choice: all of an image's plan but its tag, which is made of the provider's arguments too. */
export type ChosenImage = Omit<BuiltImage, "tag"> | ReadyImage;

/** A way to an image that somebody named. */
interface Way {
  readonly source: ImageSource;
  /** As people see it. */
  readonly names: string;
  readonly origin: string;
  readonly take: () => Promise<
    | Pick<BuiltImage, "kind" | "dockerfile" | "file" | "context" | "args">
    | Pick<ReadyImage, "kind" | "tag">
  >;
}

/**
 * Chooses, and reads what is chosen; nothing else of the cascade is read. Starts no program.
 *
 * @throws {BottleError} `image-reference` (exit code 2), `dockerfile-missing`, `dockerfile-unreadable`,
 * `context-too-large`, `context-unreadable`, `version-unsupported`
 */
export async function chooseImage(request: ImageRequest): Promise<ChosenImage> {
  const { provider, rebuild } = request;
  const ways: Readonly<Record<ImageSource, Way | undefined>> = {
    option: optionWay(request),
    bottle: await bottleWay(request),
    manifest: manifestWay(request),
    provider: providerWay(request),
  };
  const chosen = ORDER.map((source) => ways[source]).find((way) => way !== undefined) ??
    providerWay(request);
  const candidates = ORDER.map((source): ImageCandidate => {
    const way = ways[source];
    if (way === undefined) return { source, state: "absent", names: null };
    const state = source === chosen.source ? "chosen" : "passed-over";
    return { source, state, names: way.names };
  });
  return {
    ...await chosen.take(),
    origin: chosen.origin,
    candidates,
    rebuild,
    programs: provider.guestPrograms ?? [],
  };
}

/** The image of a bottle that exists: nothing is chosen, and nothing read. @param tag what its container was made from */
export function imageInUse(tag: string): ReadyImage {
  return {
    kind: "ready",
    tag,
    origin: "as its container was made",
    candidates: [],
    rebuild: false,
    programs: [],
  };
}

const ORDER = ["option", "bottle", "manifest", "provider"] as const satisfies ImageSource[];

function optionWay({ option }: ImageRequest): Way | undefined {
  if (option === undefined) return undefined;
  if (!isImageReference(option)) {
    throw new BottleError(`Not an image: ${quote(option)}`, {
      code: "image-reference",
      exitCode: ExitCode.usage,
      hint: `--image ${REFERENCE_RULE}`,
    });
  }
  return { source: "option", names: option, origin: "--image", take: () => ready(option) };
}

async function bottleWay(request: ImageRequest): Promise<Way | undefined> {
  const { slug, home, choice, provider } = request;
  if (slug === undefined) return undefined;
  const file = join(home, "state", slug, "Dockerfile");
  const dockerfile = await readDockerfile(file);
  if (dockerfile === undefined) return undefined;
  // Made for this bottle: a version of the manifest's that it has no place for is not its fault.
  const { version } = choice.value;
  const { versionArg } = provider;
  const args = version !== undefined && versionArg !== undefined &&
      declaresArg(dockerfile, versionArg)
    ? { [versionArg]: version.value }
    : {};
  return {
    source: "bottle",
    names: file,
    origin: "the bottle's own",
    take: () => Promise.resolve({ kind: "build", dockerfile, file, context: null, args }),
  };
}

function manifestWay(request: ImageRequest): Way | undefined {
  const { image, dockerfile } = request.choice.value;
  const named = image ?? dockerfile;
  if (named === undefined) return undefined;
  return {
    source: "manifest",
    names: `${named.value} (${formatPlace(named.place)})`,
    origin: formatPlace(named.place),
    take: async () => {
      if (image !== undefined) return await ready(image.value);
      const found = await findDockerfile(named, request);
      const args = versionArgs(request, found.dockerfile);
      return {
        kind: "build",
        ...found,
        context: await readOwnContext(found.file, named, request),
        args,
      };
    },
  };
}

function providerWay(request: ImageRequest): Way {
  const { name, dockerfile } = request.provider;
  const origin = `provider ${name}`;
  return {
    source: "provider",
    names: `Dockerfile of ${origin}`,
    origin,
    take: () =>
      Promise.try(() => ({
        kind: "build",
        dockerfile,
        file: null,
        context: null,
        args: versionArgs(request, dockerfile),
      })),
  };
}

function ready(tag: string): Promise<Pick<ReadyImage, "kind" | "tag">> {
  return Promise.resolve({ kind: "ready", tag });
}

/** A version that nothing takes would be a build that is not what was asked for. */
function versionArgs(
  { choice: { value: { version } }, provider: { name, versionArg } }: ImageRequest,
  dockerfile: string,
): Readonly<Record<string, string>> {
  if (version === undefined) return {};
  const refuse = (why: string, hint: string): BottleError =>
    new BottleError(`"agent_provider.version" ${why}`, {
      code: "version-unsupported",
      place: version.place,
      hint,
    });
  if (versionArg === undefined) {
    throw refuse(`is not for the provider "${name}": its Dockerfile takes none`, "Remove it");
  }
  if (!declaresArg(dockerfile, versionArg)) {
    throw refuse(
      `has no effect: the Dockerfile takes no ${versionArg}`,
      `Write ARG ${versionArg} in the Dockerfile and install that version, or remove the key`,
    );
  }
  return { [versionArg]: version.value };
}
