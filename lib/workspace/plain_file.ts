/** Files of a person's repository that we read ourselves: a link to a device has no end, and a pipe keeps its reader waiting. */

/** Whether something is a file, no link, and not bigger. @param maxBytes default no limit */
export async function isPlainFile(path: string, maxBytes = Infinity): Promise<boolean> {
  try {
    const { isFile, size } = await Deno.lstat(path);
    return isFile && size <= maxBytes;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}
