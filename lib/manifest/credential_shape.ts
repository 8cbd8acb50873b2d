/** What looks like a credential: it belongs into a variable of the host, never into a manifest. */

/**
 * Formats that their issuers document, by prefix and length; each needs enough characters after the prefix that a
 * word of prose does not match. What is repeated is bounded where it could be tried from many places: a repository
 * writes prompts too, and must not be able to stall a start.
 */
const FORMATS: readonly RegExp[] = [
  /\bgh[pousr]_[A-Za-z0-9]{16,}/,
  /\bgithub_pat_[A-Za-z0-9_]{16,}/,
  /\bglpat-[A-Za-z0-9_-]{12,}/,
  /\bsk-(?:ant|proj|svcacct)-[A-Za-z0-9_-]{8,}/,
  // "sk-" begins words of prose too: a key has a digit.
  /\bsk-(?!ecdsa-sha2-nistp256@)(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{16,}/,
  /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\bxox[abeoprs]-[A-Za-z0-9-]{8,}/,
  /\bxapp-[A-Za-z0-9-]{8,}/,
  /\bAIza[A-Za-z0-9_-]{35}/,
  /\bya29\.[A-Za-z0-9_-]{20,}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bpypi-[A-Za-z0-9_-]{50,}/,
  /\bhf_[A-Za-z0-9]{30,}/,
  /\bdop_v1_[a-f0-9]{64}\b/,
  /\beyJ[A-Za-z0-9_-]{8,400}\.eyJ[A-Za-z0-9_-]{8}/,
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/,
];

/** `scheme://user:password@`: group 1 is the password. */
const USERINFO = /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#@:]{0,200}:([^\s/?#@]{1,400})@/i;

/** The offsets in `text` at which something begins that looks like a credential, ascending. */
export function findCredentials(text: string): readonly number[] {
  return [...FORMATS, USERINFO].flatMap((format) => matches(format, text)).sort((a, b) => a - b);
}

/** Whether any part of the text looks like a credential. */
export function looksLikeCredential(text: string): boolean {
  return findCredentials(text).length > 0;
}

function matches(format: RegExp, text: string): readonly number[] {
  const found = text.matchAll(new RegExp(format.source, `${format.flags}g`));
  return [...found].filter((match) => !isStandIn(match[1] ?? "")).map((match) => match.index);
}

/** `${PASSWORD}` and `<password>` are how documentation writes "yours here". */
function isStandIn(password: string): boolean {
  return /^(?:\$\{.*\}|<.*>)$/.test(password);
}
