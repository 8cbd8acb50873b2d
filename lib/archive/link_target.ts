/** Where a symbolic link really leads, once everything of its archive lies on disk. */

/** As many links as Linux follows before it says ELOOP. */
const MAX_LINKS = 40;

/**
 * Whether following the link at `link` stays inside the top-level entry that it belongs to. Goes part by part as the
 * kernel does, through the archive's other links: `a/up -> ..` followed by `b -> a/up/..` looks harmless only as text.
 *
 * @param link the link's own parts, at least one
 * @param target what the link says
 * @param links every link of the archive: name joined by `/` → target
 */
export function leadsInside(
  link: readonly string[],
  target: string,
  links: Pick<ReadonlyMap<string, string>, "get">,
): boolean {
  if (target === "" || target.startsWith("/") || target.includes("\0")) return false;
  const at = link.slice(0, -1);
  // A link at the top has no surroundings of its own: whatever it names is beside it.
  if (at.length === 0) return false;
  const left = parts(target).reverse();
  let followed = 0;
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if (part === "..") {
      if (at.length === 1) return false;
      at.pop();
      continue;
    }
    at.push(part);
    const next = links.get(at.join("/"));
    if (next === undefined) continue;
    if (++followed > MAX_LINKS || next.startsWith("/")) return false;
    at.pop();
    left.push(...parts(next).reverse());
  }
  return true;
}

function parts(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}
