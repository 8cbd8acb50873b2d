/** Reading what `deno coverage --lcov` writes. */

/** How much of something there is, and how much of it ran. */
export interface Share {
  readonly found: number;
  readonly hit: number;
}

/** Coverage of one file. */
export interface FileCoverage {
  /** From the repository's root. */
  readonly file: string;
  readonly lines: Share;
  readonly branches: Share;
}

/** The files of an lcov text; `root` is the repository, with a slash at its end. */
export function parseLcov(text: string, root: string): FileCoverage[] {
  return text.split("end_of_record").flatMap((record) => {
    const path = /^SF:(.*)$/m.exec(record)?.[1];
    if (path === undefined) return [];
    return [{
      file: path.startsWith(root) ? path.slice(root.length) : path,
      lines: share(record.matchAll(/^DA:\d+,(\d+)/gm)),
      branches: share(record.matchAll(/^BRDA:\d+,\d+,\d+,(\d+|-)/gm)),
    }];
  });
}

function share(records: Iterable<RegExpExecArray>): Share {
  const counts = [...records].map(([, count]) => Number(count));
  return { found: counts.length, hit: counts.filter((count) => count > 0).length };
}
