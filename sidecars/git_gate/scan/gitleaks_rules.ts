/** What gitleaks is told to look for, and what it looks for by itself. */

import { unscannable } from "./unscannable.ts";

/** A rule and its texts in the configuration of gitleaks. */
interface OwnRule {
  readonly id: string;
  readonly description: string;
  /** Go's syntax, without three apostrophes in a row. */
  readonly regex: string;
  readonly keywords: readonly string[];
}

/** Id of the rule that finds the canary. */
export const CANARY_RULE = "bot-bottle-canary";

/**
 * In the place of gitleaks' own rule, which wants a last line too: a key may be longer than a piece, so its first lines are
 * enough. Programs that name the heads of keys have none of these.
 */
const privateKey: OwnRule = {
  id: "private-key",
  description: "Private key",
  regex: String.raw`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[^\x00]{0,400}?` +
    String.raw`(?:[a-z0-9+/]{60}|(?:[a-z0-9+/]{20,}[^a-z0-9+/\x00]{1,12}){3})`,
  keywords: ["-----begin"],
};

/** What agents log in with: gitleaks 8.16 has no rule for these. */
const agentKeys: readonly OwnRule[] = [
  {
    id: "anthropic-key",
    description: "Anthropic key or token",
    regex: String.raw`\bsk-ant-[a-z]{2,10}[0-9]{2}-[A-Za-z0-9_-]{40,}`,
    keywords: ["sk-ant-"],
  },
  {
    id: "openai-key",
    description: "OpenAI key",
    regex: String.raw`\bsk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}`,
    keywords: ["sk-proj-", "sk-svcacct-", "sk-admin-"],
  },
];

/** The whole configuration: the rules inside gitleaks, and our own. @param canary letters, digits and hyphens */
export function gitleaksConfig(canary: string): string {
  const rules: readonly OwnRule[] = [
    { id: CANARY_RULE, description: "Canary", regex: canary, keywords: [canary] },
    privateKey,
    ...agentKeys,
  ];
  return ["[extend]\nuseDefault = true\n", ...rules.map(ruleText)].join("\n");
}

/** Keywords of our own rules. */
export const ownKeywords: readonly string[] = [privateKey, ...agentKeys]
  .flatMap(({ keywords }) => keywords);

function ruleText({ id, description, regex, keywords }: OwnRule): string {
  return [
    "[[rules]]",
    `id = ${JSON.stringify(id)}`,
    `description = ${JSON.stringify(description)}`,
    `regex = '''${regex}'''`,
    `keywords = ${JSON.stringify(keywords)}`,
    "",
  ].join("\n");
}

/** Fewer, and they were not found. 8.16 has 163. */
const MIN_KEYWORDS = 100;

/**
 * The keywords of the rules inside gitleaks, which are text in the program.
 *
 * @param program the bytes of the program
 * @throws {BottleError} `scan-failed`: it has none, so it is not what it should be
 */
export function programKeywords(program: Uint8Array): readonly string[] {
  const text = new TextDecoder("latin1").decode(program);
  const lists = text.matchAll(/\nkeywords = \[([^\]]{0,2000})\]/g);
  const words = [...lists].flatMap(([, list = ""]) =>
    [...list.matchAll(/"([^"\n]{1,100})"/g)].map(([, word = ""]) => word.toLowerCase())
  );
  const unique = [...new Set(words)];
  if (unique.length < MIN_KEYWORDS) {
    throw unscannable("gitleaks is not the program that it should be");
  }
  return unique;
}
