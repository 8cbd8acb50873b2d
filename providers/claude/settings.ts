/** Claude Code's settings, written in advance so that the first start asks nothing. */

import type { GuestFile } from "../../lib/plan/agent_plan.ts";

/** Characters at a key's end by which Claude Code 2.1.197 remembers that the person approved it. */
const APPROVED_KEY_TAIL = 20;

/** What differs between bottles. */
export interface SettingsInput {
  readonly guestHome: string;
  /** Where Claude Code is started, and what it therefore asks about trusting. */
  readonly workFolder: string;
  /** The placeholder, where it stands in for an API key; null for an OAuth token, which is not asked about. */
  readonly apiKey: string | null;
}

/**
 * `~/.claude.json` and `~/.claude/settings.json`: the welcome, the theme, the trust in its folder, the approval of
 * the key in the environment and the warning about skipped permissions are all answered.
 */
export function settingsFiles(
  { guestHome, workFolder, apiKey }: SettingsInput,
): readonly GuestFile[] {
  return [
    file(`${guestHome}/.claude.json`, {
      hasCompletedOnboarding: true,
      theme: "dark",
      ...apiKey === null ? {} : {
        customApiKeyResponses: { approved: [apiKey.slice(-APPROVED_KEY_TAIL)], rejected: [] },
      },
      projects: {
        [workFolder]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
      },
    }),
    file(`${guestHome}/.claude/settings.json`, { skipDangerousModePermissionPrompt: true }),
  ];
}

function file(path: string, content: Readonly<Record<string, unknown>>): GuestFile {
  return {
    path,
    mode: 0o600,
    owner: "node",
    again: "merge-json",
    content: `${JSON.stringify(content, null, 2)}\n`,
  };
}
