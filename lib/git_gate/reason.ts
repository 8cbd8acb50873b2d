/** Why a push did not reach its upstream, or a fetch came to nothing: in the audit and on the guest's terminal. */

/** Who said no: the gate, or the way to the upstream (`upstream-…`). */
export const gateReasons = {
  /** The scan found something that looks like a credential, or is one of the bottle's. */
  "push-secret": "a secret is in it",
  /** `gitleaks:allow` hides a finding: a person has to say that it may. */
  "push-allow-comment": "a comment in it hides a finding from the scan",
  /** The scan could not be done. */
  "push-unscanned": "it could not be scanned",
  /** The ref may not be pushed. */
  "push-ref": "the ref may not be pushed",
  /** A protected ref, or one that may not be, would be forced. */
  "push-force": "the ref may not be forced",
  /** A protected ref, or one that may not be, would be deleted. */
  "push-delete": "the ref may not be deleted",
  /** It waits for a person, or changes a path that does, and nobody can be asked. */
  "push-approval": "it needs a person's approval",
  /** The repository takes no pushes. */
  "push-denied": "the repository takes no pushes",
  /** More bytes or objects than the rules let through. */
  "push-too-big": "it is too big",
  /** git's own check of the objects failed. */
  "push-malformed": "its objects are malformed",
  /** The ledger takes no rows. */
  "push-unrecorded": "it could not be recorded",
  /** The upstream said no to at least one ref. */
  "upstream-refused": "the upstream refused it",
  /** The upstream's ssh key is not the declared one. */
  "upstream-host-key": "the upstream shows another host key",
  /** The upstream does not let the key in. */
  "upstream-denied": "the upstream does not accept the key",
  /** It can't be reached, or broke off. */
  "upstream-down": "the upstream can't be reached",
  /** The gate's own copy could not be written: no room. */
  "mirror-failed": "the gate's copy of the upstream could not be written",
  /** The repository is not among the declared ones. */
  "repo-undeclared": "the repository is not declared",
  /** Git LFS was asked for. */
  "lfs-refused": "Git LFS does not go through the gate",
  /** The pusher went away. */
  "push-cut": "it was cut off",
} as const;

/** Why a push did not reach its upstream, or a fetch came to nothing. */
export type GateReason = keyof typeof gateReasons;

/** Tells one of the gate's reasons from any other code. */
export function isGateReason(code: string): code is GateReason {
  return Object.hasOwn(gateReasons, code);
}
