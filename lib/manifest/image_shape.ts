/** What `agent_provider` may say of the agent's image. */

import { isImageReference, REFERENCE_RULE } from "../image/reference.ts";
import { formatPlace, type Problem, quote } from "./problem.ts";
import type { Fault } from "./shape.ts";
import { valueAt, type ValueTree } from "./value_tree.ts";

/** Linux's PATH_MAX. */
const MAX_PATH = 4096;

/** What is wrong with `dockerfile`. Whether the file is there is not a manifest's question. */
export function findPathFault(value: string): Fault | undefined {
  // deno-lint-ignore no-control-regex -- exactly those are refused
  if (value === "" || value.length > MAX_PATH || /[\x00-\x1f\x7f]/.test(value)) {
    return { why: "must be the path of a Dockerfile" };
  }
  if (!value.startsWith("~") || value.startsWith("~/")) return undefined;
  return { why: "can't begin with another's home", hint: "Write ~/ or an absolute path" };
}

/** What is wrong with `image`. */
export function findReferenceFault(value: string): Fault | undefined {
  return isImageReference(value) ? undefined : { why: `${REFERENCE_RULE}, not ${quote(value)}` };
}

/** What is wrong with `version`. A name such as `latest` would be another version every day under the same tag. */
export function findVersionFault(value: string): Fault | undefined {
  return /^[0-9][0-9A-Za-z.+-]{0,63}$/.test(value)
    ? undefined
    : { why: `must be a version such as 2.1.197, not ${quote(value)}` };
}

/** An image is taken as it is: a Dockerfile or a version beside it would have no effect. */
export function findImageConflicts(tree: ValueTree): readonly Problem[] {
  const at = (key: string): readonly string[] => ["agent_provider", key];
  if (valueAt(tree.value, at("image")) === undefined) return [];
  return ["dockerfile", "version"].filter((key) => valueAt(tree.value, at(key)) !== undefined)
    .map((key) => ({
      message: `"agent_provider.image" can't stand with "agent_provider.${key}" (${
        formatPlace(tree.placeOf(at(key), "key"))
      })`,
      place: tree.placeOf(at("image"), "key"),
      hint: key === "version" ? "Name the version by the image's tag" : "Remove one of the two",
    }));
}
