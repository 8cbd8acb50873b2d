/** An image's plan for people and for programs: which one, and why. */

import { createHash } from "node:crypto";
import { sizeText } from "../size_text.ts";
import { contextDigest } from "./tag.ts";
import type { BuildContext, BuiltImage, ImageCandidate, ImagePlan } from "./types.ts";
import { isPinned } from "./reference.ts";

/** Lines of the preflight, the first beside the label. */
export interface ImageLines {
  readonly image: string;
  /** What is to be known besides: what goes into the build, who else named one. */
  readonly more: readonly string[];
}

/** What the preflight says of the image. */
export function imageLines(plan: ImagePlan): ImageLines {
  const passedOver = plan.candidates.filter(({ state }) => state === "passed-over");
  return {
    image: `${plan.tag} (${describeSource(plan)})`,
    more: [
      ...plan.kind === "build" ? buildLines(plan) : [],
      ...plan.rebuild ? [plan.kind === "build" ? "built anew" : "fetched anew"] : [],
      ...passedOver.map(({ names }) => `instead of ${names}`),
    ],
  };
}

function describeSource(plan: ImagePlan): string {
  if (plan.kind === "ready") {
    // Nobody named it for this plan: the container is there.
    if (plan.candidates.length === 0) return plan.origin;
    const pin = isPinned(plan.tag) ? "" : "; not pinned by a digest";
    return `ready-made, ${plan.origin}${pin}`;
  }
  return plan.file === null ? `Dockerfile of ${plan.origin}` : `${plan.file}, ${plan.origin}`;
}

function buildLines({ context, args }: BuiltImage): readonly string[] {
  return [
    ...Object.entries(args).map(([name, value]) => `${name}=${value}`),
    ...context === null
      ? []
      : [`with ${filesText(context)}, ${sizeText(context.bytes)}, of ${context.folder}`],
  ];
}

function filesText(context: BuildContext): string {
  const count = countFiles(context);
  return `${count} file${count === 1 ? "" : "s"}`;
}

function countFiles({ entries }: BuildContext): number {
  return entries.filter(({ kind }) => kind !== "folder").length;
}

/** An image's plan as JSON of ours. */
export interface ImageJson {
  readonly [key: string]: string | number | boolean | null | ImageJson | readonly ImageJson[];
}

/** For `plan.provider.image`: the candidates in the order of the cascade. */
export function imageToJson(plan: ImagePlan): ImageJson {
  const { kind, tag, origin, rebuild } = plan;
  const built = plan.kind === "build" ? plan : null;
  return {
    kind,
    tag,
    origin,
    rebuild,
    dockerfile: built?.file ?? null,
    dockerfile_sha256: built === null
      ? null
      : createHash("sha256").update(built.dockerfile).digest("hex"),
    args: { ...built?.args },
    context: built === null || built.context === null ? null : contextToJson(built.context),
    candidates: plan.candidates.map(candidateToJson),
  };
}

function contextToJson(context: BuildContext): ImageJson {
  return {
    folder: context.folder,
    files: countFiles(context),
    bytes: context.bytes,
    sha256: contextDigest(context),
  };
}

function candidateToJson({ source, state, names }: ImageCandidate): ImageJson {
  return { source, state: state.replace("-", "_"), names };
}
