/** What a push asks of one ref. */

/** A ref, what it is, and what it shall be. */
export interface RefCommand {
  /** Full name, decoded as UTF-8 with U+FFFD for what is none. */
  readonly ref: string;
  /** Object id in hex, as the pusher says; all zeroes: it is to be new. */
  readonly old: string;
  /** Object id in hex; all zeroes: it is to be deleted. */
  readonly new: string;
}

/** Whether an id stands for no object. */
export function isNone(id: string): boolean {
  return /^0+$/.test(id);
}

/**
 * Reads a line `<old> <new> <ref>`, as receive-pack hands it to hooks, without a line end.
 *
 * @returns undefined: it is none
 */
export function parseRefCommand(line: string): RefCommand | undefined {
  const { old, id, ref } = COMMAND.exec(line)?.groups ?? {};
  if (old === undefined || id === undefined || ref === undefined) return undefined;
  return old.length === id.length ? { ref, old, new: id } : undefined;
}

const COMMAND = /^(?<old>[0-9a-f]{40}|[0-9a-f]{64}) (?<id>[0-9a-f]{40}|[0-9a-f]{64}) (?<ref>.+)$/s;
