/** The pieces that the schemas are made of, and their issues as problems with places. */

import { z } from "../deps/zod.ts";
import { parseEnvName } from "../names.ts";
import { legacyHint } from "./legacy_keys.ts";
import { NAME } from "./name.ts";
import { didYouMean } from "./nearest.ts";
import { type Problem, quote } from "./problem.ts";
import { formatPath, type Path, valueAt, type ValueTree } from "./value_tree.ts";

/** What is said of a key or value that a later version will take. */
export const NOT_IN_THIS_VERSION = "is not in this version";

const KEYS = ", ";

/**
 * A map whose keys are all known. Its `unrecognized_keys` issue carries the allowed keys as its message:
 * {@linkcode describeIssue} reads them there.
 */
export function shape<T extends z.core.$ZodLooseShape>(
  keys: T,
): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(keys, {
    error: (issue) => issue.code === "unrecognized_keys" ? Object.keys(keys).join(KEYS) : undefined,
  });
}

/** A key that is known, and that no value is good for yet. */
export function notYet(): z.ZodOptional<z.ZodNever> {
  return z.never({ error: NOT_IN_THIS_VERSION }).optional().meta({
    description: "Not in this version",
  });
}

/** Text that `check` finds no fault with; a fault is what follows the key: `must be …`. */
export function text(
  check: (value: string) => Fault | undefined,
  expected = "text",
): z.ZodString {
  return z.string({ error: (issue) => mustBe(expected, issue.input) }).superRefine(
    (value, context) => {
      const fault = check(value);
      if (fault === undefined) return;
      context.addIssue({ code: "custom", message: fault.why, params: { hint: fault.hint } });
    },
  );
}

/** What is wrong with a value, and what to do. */
export interface Fault {
  /** A predicate: `must be …`. Quotes the value only through `quote`. */
  readonly why: string;
  readonly hint?: string;
}

/** What is said of text that is none of a few words. */
export function mustBeOneOf(words: string, input: unknown): string {
  return typeof input === "string" ? `must be ${words}, not ${quote(input)}` : mustBe(words, input);
}

/** The name of a bottle, a provider or a skill. */
export function name(what: string): z.ZodString {
  return text((value) =>
    NAME.test(value) ? undefined : {
      why: `must be the name of ${what}, not ${quote(value)}`,
      hint: "A name has a-z, 0-9 and -, begins with a letter, and has at most 63 characters",
    }, `the name of ${what}`).meta({ pattern: NAME.source });
}

/** The NAME of a host variable. A bad one is never quoted: it may be the credential itself. */
export function hostVariable(): z.ZodString {
  return z.string({
    error: (issue) => mustBe("NAME of a host variable", issue.input),
  }).superRefine((value, context) => {
    if (parseEnvName(value) !== undefined) return;
    context.addIssue({
      code: "custom",
      message: "must be the NAME of a host variable",
      params: {
        hint: /^\$\{.*\}$/.test(value)
          ? "Leave out the ${ and }"
          : "Put the credential into a variable of your shell, and its name here",
      },
    });
  }).meta({ pattern: "^[A-Za-z_][A-Za-z0-9_]*$", description: "NAME of a host variable" });
}

/** All issues of a value as problems; none if it fits. */
export function checkShape<T>(
  schema: z.ZodType<T>,
  tree: ValueTree,
): { readonly value: T } | { readonly problems: readonly Problem[] } {
  const result = schema.safeParse(tree.value, { error: predicate });
  if (result.success) return { value: result.data };
  return { problems: result.error.issues.flatMap((issue) => describeIssue(issue, tree)) };
}

/** What follows the key in a message, for issues that bring no words of their own. */
function predicate(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return mustBe(issue.expected, issue.input);
    case "invalid_key":
      return issue.issues[0]?.message ?? "is not a key that can stand here";
    case "too_small":
      return `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return "is not valid";
  }
}

const KIND: Readonly<Record<string, string>> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** `must be a list, not text`; what isn't there is missing. */
export function mustBe(expected: string, input: unknown): string {
  if (input === undefined) return "is missing";
  const wanted = KIND[expected] ?? expected;
  const given = input === null ? "empty" : Array.isArray(input) ? "a list" : KIND[typeof input];
  return given === wanted || given === undefined
    ? `must be ${wanted}`
    : `must be ${wanted}, not ${given}`;
}

function describeIssue(issue: z.core.$ZodIssue, tree: ValueTree): readonly Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey(key, issue.path, issue.message.split(KEYS), tree));
  }
  if (issue.code === "invalid_union") {
    const meant = formThatWasMeant(issue.errors);
    if (meant !== undefined) {
      return meant.flatMap((inner) =>
        describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, tree)
      );
    }
  }
  const part = issue.code === "invalid_key" ? "key" : "value";
  const own: unknown = issue.code === "custom" ? issue.params?.["hint"] : undefined;
  const hint = own ?? hintFor(issue, tree.value);
  const key = issue.path.length === 0 ? "The frontmatter" : quote(formatPath(issue.path));
  return [{
    message: `${key} ${issue.message}`,
    place: tree.placeOf(issue.path, part),
    ...(typeof hint === "string" ? { hint } : {}),
  }];
}

/** Of several forms, the one of the value's own type that it comes nearest to; undefined if it has none's type. */
function formThatWasMeant(
  forms: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  return forms
    .filter((issues) =>
      !issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type")
    )
    .toSorted((a, b) => a.length - b.length)[0];
}

function hintFor(issue: z.core.$ZodIssue, root: unknown): string | undefined {
  if (issue.message.startsWith(NOT_IN_THIS_VERSION)) return "Remove it";
  const value = valueAt(root, issue.path);
  if (value === undefined) return undefined;
  if (value === null) return "Write a value, or remove the key; {} or [] is an explicit empty one";
  if (issue.code === "invalid_type" && issue.expected === "string") {
    return typeof value === "object" ? undefined : "Put it in quotes";
  }
  return undefined;
}

function unknownKey(key: string, path: Path, allowed: readonly string[], tree: ValueTree): Problem {
  const where = path.length === 0 ? "" : ` in ${quote(formatPath(path))}`;
  const legacy = legacyHint(key);
  const list = `Allowed: ${allowed.join(KEYS)}`;
  return {
    message: `Unknown key ${quote(key)}${where}`,
    place: tree.placeOf([...path, key], "key"),
    hint: legacy ?? `${didYouMean(key, allowed, "")} ${list}`.trim(),
  };
}
