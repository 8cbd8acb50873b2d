/** Programs that a test writes and then starts. */

/**
 * Writes a script that can be executed. Another process does it: while this one had the file open for writing, a program that another
 * test starts at that moment would hold a copy of the open file, and the kernel runs no file that somebody may write to (ETXTBSY).
 */
export async function writeProgram(path: string, text: string): Promise<void> {
  const writer = new Deno.Command("sh", {
    args: ["-c", 'cat > "$1" && chmod 755 "$1"', "sh", path],
    stdin: "piped",
  }).spawn();
  const stdin = writer.stdin.getWriter();
  await stdin.write(new TextEncoder().encode(text));
  await stdin.close();
  const { code } = await writer.status;
  if (code !== 0) throw new Error(`Cannot write "${path}"`);
}
