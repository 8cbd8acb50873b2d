/** The places where a bottle might leave a credential. */

/** All of them. */
export const placeNames = [
  "environment",
  "memory",
  "file system",
  "inspect container",
  "inspect network",
  "inspect volume",
  "inspect image",
  "image history",
  "argv",
  "volume",
  "container log",
  "daemon log",
  "audit",
  "state",
] as const;

/** One of {@linkcode placeNames}. */
export type PlaceName = typeof placeNames[number];
