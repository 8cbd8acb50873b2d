/** The three forms in which a manifest names a credential. */

import { isAbsolute } from "node:path";
import { z } from "../deps/zod.ts";
import { type Fault, hostVariable, mustBe, shape, text } from "./shape.ts";

const FORMS = "the NAME of a host variable, { command: [pass, show, x] } or { file: ~/x }";

/** Longer than a path or an argument of such a program is. */
const MAX_LENGTH = 4_096;

const command = z.array(text(findArgumentFault), {
  error: (issue) => mustBe("a list such as [pass, show, x]", issue.input),
}).min(1, { error: "must name a program" }).max(64).superRefine(([program], context) => {
  const fault = program === undefined ? undefined : findProgramFault(program);
  if (fault === undefined) return;
  context.addIssue({
    code: "custom",
    path: [0],
    message: fault.why,
    params: { hint: fault.hint },
  });
}).meta({
  description: "A program on PATH or an absolute path, and its arguments; it prints the credential",
});

const file = shape({
  file: text(findFileFault).meta({
    description: "A file with the credential, absolute or below ~/, with mode 0600",
  }),
});

/** `NAME`, `{ command: […] }` or `{ file: … }`. */
export const credential = z.union([hostVariable(), shape({ command }), file], { error: otherForm });

/** As {@linkcode credential}, and beside a command what kind of credential it prints: there is no value to tell by. */
export const providerCredential = z.union([
  hostVariable(),
  shape({
    command,
    kind: z.enum(["oauth_token", "api_key"], { error: "must be oauth_token or api_key" })
      .exactOptional(),
  }),
  file,
], { error: otherForm });

function otherForm({ input }: { readonly input?: unknown }): string {
  return mustBe(FORMS, input);
}

function findArgumentFault(value: string): Fault | undefined {
  if (value.length > MAX_LENGTH) return { why: `must have at most ${MAX_LENGTH} characters` };
  // Shown in the preflight, where nothing may look like what it is not.
  return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(value)
    ? { why: "must hold no control characters" }
    : undefined;
}

function findProgramFault(value: string): Fault | undefined {
  if (value !== "" && (isAbsolute(value) || !/[/\\]/.test(value))) return undefined;
  return {
    why: "must be a program on PATH, or an absolute path",
    hint: "No shell reads it: ~ and $NAME stay as they are",
  };
}

/** What is wrong with the path of a file of the person's; undefined if nothing. */
export function findFileFault(value: string): Fault | undefined {
  if (!isAbsolute(value) && !/^~\/./.test(value)) {
    return { why: "must be an absolute path, or one that begins with ~/" };
  }
  return findArgumentFault(value);
}
