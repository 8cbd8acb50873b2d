/** What ssh is told: one file for each upstream, in which nothing is left to a default that could widen it. */

import type { SshUpstream } from "./config.ts";

/** The host's name in ssh's eyes: git's urls and `known_hosts` have it, so that no real one gets near a command line. */
export const SSH_ALIAS = "upstream";

/** Where an upstream's files lie. */
export interface SshFiles {
  readonly key: string;
  readonly knownHosts: string;
  /** Of the shared connection; its socket's name has to be shorter than 90 bytes. */
  readonly control: string;
}

/** How long a connection may take, in seconds: less than the gate waits for an answer, so that ssh's own words come. */
export const SSH_CONNECT_S = 8;
/** A peer that says nothing for so many seconds, three times, is gone. */
const ALIVE_S = 5;
/** A connection is kept for the push that often follows a refresh. */
const PERSIST_S = 10;

/**
 * The text of `ssh_config(5)` for `ssh -F`. Keys are from files only, the host key is the declared one only, and nothing is
 * forwarded, asked, learned or run on the way.
 *
 * @throws {TypeError} for a value that would not stay on its line; the configuration's parser lets none through
 */
export function sshConfigText(upstream: SshUpstream, files: SshFiles): string {
  const lines: readonly (readonly [string, string])[] = [
    ["HostName", quote(upstream.host)],
    ["HostKeyAlias", SSH_ALIAS],
    ["Port", String(upstream.port)],
    ["User", quote(upstream.user)],
    ["IdentityFile", quote(files.key)],
    ["IdentitiesOnly", "yes"],
    ["IdentityAgent", "none"],
    ["AddKeysToAgent", "no"],
    ["CertificateFile", "none"],
    ["PKCS11Provider", "none"],
    ["UserKnownHostsFile", quote(files.knownHosts)],
    ["GlobalKnownHostsFile", "none"],
    ["KnownHostsCommand", "none"],
    ["StrictHostKeyChecking", "yes"],
    ["CheckHostIP", "no"],
    ["VerifyHostKeyDNS", "no"],
    ["UpdateHostKeys", "no"],
    ["CanonicalizeHostname", "no"],
    ["BatchMode", "yes"],
    ["PreferredAuthentications", "publickey"],
    ["PasswordAuthentication", "no"],
    ["KbdInteractiveAuthentication", "no"],
    ["HostbasedAuthentication", "no"],
    ["GSSAPIAuthentication", "no"],
    ["ClearAllForwardings", "yes"],
    ["ForwardAgent", "no"],
    ["ForwardX11", "no"],
    ["Tunnel", "no"],
    ["PermitLocalCommand", "no"],
    ["ProxyCommand", "none"],
    ["ProxyJump", "none"],
    ["RequestTTY", "no"],
    ["EscapeChar", "none"],
    ["Compression", "no"],
    ["ConnectTimeout", String(SSH_CONNECT_S)],
    ["ConnectionAttempts", "1"],
    ["ServerAliveInterval", String(ALIVE_S)],
    ["ServerAliveCountMax", "3"],
    ["TCPKeepAlive", "yes"],
    ["ControlMaster", "auto"],
    ["ControlPath", quote(files.control)],
    ["ControlPersist", String(PERSIST_S)],
    ["FingerprintHash", "sha256"],
    // Less, and it says nothing of a connection that was closed, or of kinds of keys that do not meet.
    ["LogLevel", "INFO"],
  ];
  return `Host ${SSH_ALIAS}\n${lines.map(([key, value]) => `  ${key} ${value}\n`).join("")}`;
}

/** The whole of `known_hosts`: one key for the alias. */
export function knownHostsText(upstream: Pick<SshUpstream, "host_key">): string {
  return `${SSH_ALIAS} ${upstream.host_key}\n`;
}

/** ssh reads `%` as the begin of a token of its own. */
function quote(value: string): string {
  // deno-lint-ignore no-control-regex -- what would end the line or the quotes
  if (/[\x00-\x1f"\\%\x7f]/.test(value)) throw new TypeError("Not a value for ssh_config");
  return `"${value}"`;
}
