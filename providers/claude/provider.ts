/** Claude Code. */

import { BottleError } from "../../lib/errors.ts";
import {
  type CredentialSource,
  describeCredential,
  nameCredential,
} from "../../lib/manifest/credential.ts";
import type { ProviderRoute } from "../../lib/plan/agent_plan.ts";
import type { AgentProvider, PlanContext } from "../provider.ts";
import { headlessCommand, launchCommand, resumeCommand } from "./commands.ts";
import { type CredentialKind, credentialKind, kindOfValue } from "./credential.ts";
import dockerfile from "./Dockerfile" with { type: "text" };
import { settingsFiles } from "./settings.ts";

const GUEST_HOME = "/home/node";

/** Telemetry, error reports, updates and the plugin market would only be refused: don't try. */
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: "1",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_FEEDBACK_COMMAND: "1",
  DISABLE_TELEMETRY: "1",
} as const;

/**
 * Claude Code with every permission, on api.anthropic.com's messages and nothing else there: `/v1/files` on an allowed
 * host would be a way out. Needs `auth_token`: the guest holds a placeholder, egress puts the real one on.
 */
export const claude: AgentProvider = {
  name: "claude",
  guestHome: GUEST_HOME,
  dockerfile,
  versionArg: "CLAUDE_CODE_VERSION",
  guestPrograms: ["claude"],
  plan: (context) => {
    const { source, kind } = findCredential(context);
    const placeholder = context.placeholder(kind.prefix);
    const apiKey = kind.variable === "ANTHROPIC_API_KEY" ? placeholder : null;
    return {
      promptFile: `${GUEST_HOME}/.bot-bottle/prompt.md`,
      env: { ...QUIET, [kind.variable]: placeholder },
      files: settingsFiles({ guestHome: GUEST_HOME, workFolder: context.workFolder, apiKey }),
      commands: [],
      routes: [messagesRoute({ ...kind.auth, token_ref: source, expects: kind.expects })],
      credentialType: kind.type,
      skillsFolder: `${GUEST_HOME}/.claude/skills`,
      launch: launchCommand,
      resume: resumeCommand,
      headless: headlessCommand,
      transcriptPaths: [`${GUEST_HOME}/.claude/projects`],
    };
  },
};

function messagesRoute(auth: NonNullable<ProviderRoute["auth"]>): ProviderRoute {
  return {
    host: "api.anthropic.com",
    matches: [{
      methods: ["POST"],
      paths: [
        { type: "exact", value: "/v1/messages" },
        { type: "exact", value: "/v1/messages/count_tokens" },
      ],
    }],
    auth,
  };
}

/** Planned for by its value where that is at hand; a command has not run yet, and a running bottle's is not asked for. */
function findCredential({ manifest, credential, credentialType }: PlanContext): {
  readonly source: CredentialSource;
  readonly kind: CredentialKind;
} {
  const { value: { authToken: source }, place } = manifest.bottle.provider;
  if (source === undefined) {
    throw new BottleError(`The provider "claude" needs "agent_provider.auth_token"`, {
      code: "auth-token-missing",
      place,
      hint:
        "Write the NAME of a host variable that holds an OAuth token (claude setup-token) or an API key",
    });
  }
  if (credentialType !== null) return { source, kind: credentialKind(credentialType) };
  const secret = credential(source);
  if (secret !== undefined) return { source, kind: kindOfValue(source, secret) };
  if (source.kind === "command") {
    return { source, kind: credentialKind(source.type ?? "oauth_token") };
  }
  throw new BottleError(`${nameCredential(source)} is not set`, {
    code: "host-variable-missing",
    place,
    hint: `Export ${describeCredential(source)}: an OAuth token (claude setup-token) or an API key`,
  });
}
