/** JSON as it is printed: a terminal may be what reads it. */

/** What JSON lets stand as it is and a terminal may obey, or a reader not see: DEL and C1, and what `escapeControl` replaces beyond C0. */
const UNSAFE = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as JSON with a line end; the same value for who parses it. @param indent default: one line */
export function jsonText(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  return `${text.replace(UNSAFE, escapeUnits)}\n`;
}

function escapeUnits(character: string): string {
  return character.split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
