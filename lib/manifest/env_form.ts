/** The three forms of a variable's value. */

import { parseEnvName } from "../names.ts";
import type { EnvValue } from "./types.ts";

/** A value, or what is wrong with the text. */
export type EnvForm = EnvValue | {
  readonly kind: "bad";
  readonly why: string;
  readonly hint: string;
};

const WHOLE = /^\$\{([^{}]*)\}$/;

/**
 * `${NAME}` forwards the host's variable, `?question` asks at launch, all else is literal. Nothing is interpolated:
 * what looks as if it should be is refused, because a literal `${HOME}/x` in the guest would surprise.
 *
 * @example
 * ```ts
 * import { parseEnvForm } from "./env_form.ts";
 * if (parseEnvForm("${BUILD_ID}").kind !== "host") throw new Error();
 * if (parseEnvForm("${BUILD_ID}x").kind !== "bad") throw new Error();
 * ```
 */
export function parseEnvForm(text: string): EnvForm {
  if (text.includes("\0")) {
    return { kind: "bad", why: "holds a NUL character", hint: "No variable can hold one" };
  }
  const whole = WHOLE.exec(text);
  if (whole !== null) {
    const name = parseEnvName(whole[1] ?? "");
    if (name !== undefined) return { kind: "host", name };
    return {
      kind: "bad",
      why: "does not name a host variable between ${ and }",
      hint: "A name has letters, digits and _; defaults such as ${NAME:-x} are not taken",
    };
  }
  if (text.includes("${") || /^\$[A-Za-z_][A-Za-z0-9_]*$/.test(text)) {
    return {
      kind: "bad",
      why: "mixes a host variable with other text",
      hint: "Write exactly ${NAME}, or a literal without ${: nothing is interpolated",
    };
  }
  if (text.startsWith("?")) {
    const question = text.slice(1).trim();
    // deno-lint-ignore no-control-regex -- what is asked is printed on the person's terminal
    if (question !== "" && !/[\x00-\x1f\x7f-\x9f]/.test(question)) return { kind: "ask", question };
    return {
      kind: "bad",
      why: "asks nothing that can be shown",
      hint: 'Write one line after the question mark: "?Which ticket?"',
    };
  }
  return { kind: "literal", value: text };
}
