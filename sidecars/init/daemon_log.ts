/** The last lines that a daemon wrote to stderr, fit to be shown to a person. */

import { escapeControl } from "../../lib/egress/escape.ts";
import { createRedactor } from "../../lib/egress/credential/redact.ts";

/** Lines kept. */
const MAX_LINES = 100;
/** Characters kept of a line. */
const MAX_LENGTH = 500;

/** A bounded log. Control characters are escaped; values that init knows to be secret are taken out. */
export class DaemonLog {
  readonly #lines: string[] = [];
  readonly #onLine: (line: string) => void;
  #redact = (line: string): string => line;

  /** @param onLine gets each line as it is kept */
  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** Values that must not show up in a line, whatever a daemon writes. */
  hide(secrets: Iterable<string>): void {
    this.#redact = createRedactor(secrets);
  }

  /** Adds a line. @returns the line as it is kept */
  add(line: string): string {
    const shown = escapeControl(this.#redact(line)).slice(0, MAX_LENGTH);
    this.#lines.push(shown);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
    this.#onLine(shown);
    return shown;
  }

  /** Oldest first. */
  get lines(): readonly string[] {
    return [...this.#lines];
  }
}
