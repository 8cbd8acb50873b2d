/** Which kind of Claude credential a host variable holds: they travel in different headers. */

import type { AuthScheme } from "../../lib/egress/route.ts";
import { BottleError } from "../../lib/errors.ts";
import type { EnvName } from "../../lib/names.ts";
import type { Secret } from "../../lib/secret.ts";

/** A kind of credential. */
export interface CredentialKind {
  /** How values begin, and so how a placeholder does. */
  readonly prefix: string;
  /** The guest's variable. */
  readonly variable: "CLAUDE_CODE_OAUTH_TOKEN" | "ANTHROPIC_API_KEY";
  /** How egress puts the value on a request. */
  readonly auth: AuthScheme;
}

/** As Claude Code 2.1.197 sends them: an OAuth token as a bearer, an API key as `x-api-key`. */
const kinds: readonly (CredentialKind & { readonly family: string })[] = [
  {
    family: "sk-ant-oat",
    prefix: "sk-ant-oat01-",
    variable: "CLAUDE_CODE_OAUTH_TOKEN",
    auth: { scheme: "bearer" },
  },
  {
    family: "sk-ant-api",
    prefix: "sk-ant-api03-",
    variable: "ANTHROPIC_API_KEY",
    auth: { scheme: "header", header: "x-api-key" },
  },
];

/** @throws {BottleError} `credential-unknown`: neither kind; the value is not shown */
export function credentialKind(name: EnvName, value: Secret): CredentialKind {
  const kind = kinds.find(({ family }) => value.startsWith(family));
  if (kind === undefined) {
    throw new BottleError(
      `The host variable "${name}" holds neither an OAuth token nor an API key of Claude`,
      {
        code: "credential-unknown",
        hint:
          "An OAuth token (claude setup-token) begins with sk-ant-oat, an API key with sk-ant-api",
      },
    );
  }
  const { prefix, variable, auth } = kind;
  return { prefix, variable, auth };
}
