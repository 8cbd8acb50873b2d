/** How Claude Code is started: flags as of 2.1.197. */

import type { AgentCommand } from "../../lib/plan/agent_plan.ts";

/**
 * Resumes the newest conversation, or starts anew if there is none. `--continue` would not do: it ends with an error
 * where nothing is to be continued, and it passes over headless sessions.
 */
const RESUME = `last=
for file in $(ls -t "$HOME"/.claude/projects/-home-node/*-*-*-*-*.jsonl 2>/dev/null); do
  if grep -q '"type":"user"' "$file"; then
    last=$(basename "$file" .jsonl)
    break
  fi
done
exec claude "$@" \${last:+--resume "$last"}`;

/** An interactive session. */
export function launchCommand(promptPath: string | null): AgentCommand {
  return { argv: ["claude", ...flags(promptPath)], stdin: "terminal" };
}

/** An interactive session that goes on where the last one stopped. */
export function resumeCommand(promptPath: string | null): AgentCommand {
  return { argv: ["sh", "-c", RESUME, "claude", ...flags(promptPath)], stdin: "terminal" };
}

/** One session without a person: the task comes on stdin, the last answer goes to stdout. */
export function headlessCommand(promptPath: string | null): AgentCommand {
  return {
    argv: ["claude", "--print", "--output-format", "text", ...flags(promptPath)],
    stdin: "prompt",
  };
}

function flags(promptPath: string | null): readonly string[] {
  return [
    "--dangerously-skip-permissions",
    ...promptPath === null ? [] : ["--append-system-prompt-file", promptPath],
  ];
}
