/** Marks of the audit's rows: the one list of what is worth a look. */

/** The marks, each with what it says. */
export const auditMarks = {
  "foreign-credential":
    "The agent had a credential of its own where the bottle's goes: it was taken off",
  "misplaced-placeholder": "A placeholder was where it does not belong: overwritten, or refused",
  "credential-returned": "The credential came back in the response, and was overwritten there",
  "cut-match": "A message of a WebSocket ended within what may have been one of these",
  "sent-in-part": "It was blocked when the upstream had got its beginning already",
  "sent-again":
    "The upstream gave up a connection from before, or had not begun: the request went to it once more",
  "address-not-checked":
    "The company proxy resolves the name, so that its addresses were not checked",
  "passthrough": "TLS was not looked into: the name alone was judged",
} as const;

/** One of {@linkcode auditMarks}. */
export type AuditMark = keyof typeof auditMarks;
