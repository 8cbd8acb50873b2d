/** The public key that an ssh upstream has to show: declared, never learned at the first connection. */

/** A host's key. */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  /** Type and base64, as `known_hosts` has them after the host. */
  readonly text: string;
  /** As ssh prints it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
}
