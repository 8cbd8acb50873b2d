/** Why receive-pack took no pack: it tells its client alone, and its trace (api-trace2, the event format) as well. */

import { shown } from "./push_report.ts";

/** What the trace says went wrong. */
export interface UnpackFault {
  readonly isTooBig: boolean;
  /** In git's words; fit to be shown. */
  readonly what: string;
}

/** The first error of `GIT_TRACE2_EVENT`'s lines; undefined: there is none. */
export function findUnpackFault(trace: string): UnpackFault | undefined {
  for (const line of trace.split("\n")) {
    const message = errorIn(line);
    if (message === undefined) continue;
    return { isTooBig: /pack exceeds maximum allowed size/.test(message), what: shown(message) };
  }
  return undefined;
}

function errorIn(line: string): string | undefined {
  if (!line.includes(`"event":"error"`)) return undefined;
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null || !("msg" in event)) return undefined;
    return typeof event.msg === "string" ? event.msg : undefined;
  } catch {
    return undefined;
  }
}
