/** Text that looks like a program's: a shell command that prints it. */

/** @param seed of letters and digits: other seeds, other lines */
export function sourceText(lines: number, seed: string): string {
  const print = `printf "export const value%d = compute(%d, other%d); // ${seed}\\n"`;
  const values = "rand() * 1e6, rand() * 1e9, rand() * 1e6";
  return `awk -v lines=${lines} 'BEGIN { srand(); while (lines-- > 0) ${print}, ${values} }'`;
}
