/** Colours, where they are wanted. */

/** Marks up text for a terminal. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
}

/** The style of an output that has colours, or of one that has none. */
export function styleOf(out: { readonly useColor: boolean }): Style {
  const wrap = (code: number, end: number) => (text: string): string =>
    out.useColor ? `\x1b[${code}m${text}\x1b[${end}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
  };
}
