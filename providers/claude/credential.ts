/** Which kind of Claude credential a bottle has: they travel in different headers. */

import type { AuthScheme } from "../../lib/egress/route/route.ts";
import { BottleError } from "../../lib/errors.ts";
import {
  type CredentialSource,
  type CredentialType,
  nameCredential,
} from "../../lib/manifest/credential.ts";
import type { CredentialShape } from "../../lib/plan/agent_plan.ts";
import type { Secret } from "../../lib/secret.ts";

/** A kind of credential. */
export interface CredentialKind {
  /** As a manifest has it beside a command. */
  readonly type: CredentialType;
  /** How a placeholder begins. */
  readonly prefix: string;
  /** The guest's variable. */
  readonly variable: "CLAUDE_CODE_OAUTH_TOKEN" | "ANTHROPIC_API_KEY";
  /** How egress puts the value on a request. */
  readonly auth: AuthScheme;
  /** What every value of this kind is like. */
  readonly expects: CredentialShape;
}

/** As Claude Code 2.1.197 sends them: an OAuth token as a bearer, an API key as `x-api-key`. */
const kinds: Readonly<Record<CredentialType, CredentialKind>> = {
  oauth_token: {
    type: "oauth_token",
    prefix: "sk-ant-oat01-",
    variable: "CLAUDE_CODE_OAUTH_TOKEN",
    auth: { scheme: "bearer" },
    expects: {
      prefix: "sk-ant-oat",
      hint:
        "An OAuth token is what `claude setup-token` prints; for a command that prints an API " +
        "key, write kind: api_key beside it",
    },
  },
  api_key: {
    type: "api_key",
    prefix: "sk-ant-api03-",
    variable: "ANTHROPIC_API_KEY",
    auth: { scheme: "header", header: "x-api-key" },
    expects: {
      prefix: "sk-ant-api",
      hint: "For a command that prints an OAuth token, write kind: oauth_token beside it",
    },
  },
};

/** The kind of that name. */
export function credentialKind(type: CredentialType): CredentialKind {
  return kinds[type];
}

/** The kind that a value is of. @throws {BottleError} `credential-unknown`: neither; the value is not shown */
export function kindOfValue(source: CredentialSource, value: Secret): CredentialKind {
  const kind = Object.values(kinds).find(({ expects }) => value.startsWith(expects.prefix));
  if (kind !== undefined) return kind;
  throw new BottleError(
    `${nameCredential(source)} holds neither an OAuth token nor an API key of Claude`,
    {
      code: "credential-unknown",
      hint:
        "An OAuth token (claude setup-token) begins with sk-ant-oat, an API key with sk-ant-api",
    },
  );
}
