/** What the demo shows of git: the agent has a repository to work with, and no key to it. */

import type { DemoStep } from "./steps.ts";
import { GIT_URL, UPSTREAM_HOST } from "./upstream.ts";

/** What the upstream itself says that it has. */
const ASK_UPSTREAM = `curl -sS https://${UPSTREAM_HOST}/refs`;

/**
 * A key of the kind that gitleaks knows, made when it is needed: it opens nothing. AWS's alphabet for such keys has neither 0 nor 1,
 * nor 8, nor 9.
 */
const MADE_UP_KEY =
  `key=AKIA$(LC_ALL=C tr -dc 'A-Z2-7' </dev/urandom | head -c 16); echo "aws_access_key_id = $key" >settings.ini`;

/** The steps, in order. */
export const gitSteps: readonly DemoStep[] = [
  {
    title: "A clone of the real address needs no key",
    script: `cd ~ && git clone -q ${GIT_URL} && cd widget && git log --format='%an: %s'`,
    explanation:
      "The upstream wants a token. git-gate has it, and a mirror: the agent's git is led there, whatever spelling of the address it is given.",
    judge: ({ code, stdout }) =>
      code === 0 && stdout.includes("Ann: Begin") ? undefined : "the clone failed",
  },
  {
    title: "A push with a key in it is refused",
    script: `cd ~/widget && git switch -qc bot/settings\n${MADE_UP_KEY}\n` +
      `git add . && git commit -qm "Add settings" && git push -q origin bot/settings 2>&1\n${ASK_UPSTREAM}`,
    explanation:
      "gitleaks has looked at all that the push would bring. The upstream, asked past the gate, has nothing of it.",
    judge: ({ stdout }) =>
      stdout.includes("Add settings")
        ? "the upstream has it"
        : stdout.includes("settings.ini:1  aws-access-token")
        ? undefined
        : "it was not refused for the key in it",
  },
  {
    title: "A clean push goes on to the upstream",
    script: `cd ~/widget && sed -i 's/AKIA.*/from the environment/' settings.ini\n` +
      `git commit -qam "Add settings without a key" --amend && git push -q origin bot/settings\n${ASK_UPSTREAM}`,
    explanation:
      "In the same push, with the key that the agent never sees: what the upstream refuses, the agent is told word for word.",
    judge: ({ code, stdout }) =>
      code === 0 && stdout.includes("bot/settings: Add settings without a key")
        ? undefined
        : "the upstream does not have it",
  },
];
