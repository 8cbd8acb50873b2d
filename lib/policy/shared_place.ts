/** Whether a route leads to a place that many share. */

import { type SharedPlace, sharedPlaces } from "./shared_places.ts";

/**
 * The shared place that a host is: one where paths tell the owners apart, or where what is sent can be read by whoever set
 * it up. A name below, which one owner has, is the owner's.
 */
export function findSharedPlace(host: string): SharedPlace | undefined {
  if (host.startsWith("*.")) return undefined;
  return sharedPlaces.find((place) =>
    (place.kind === "drop" || !place.host.startsWith("*.")) && isOf(host, place.host)
  );
}

/** A shared place among the names below a wildcard. */
export function findSharedBelow(wildcard: string): SharedPlace | undefined {
  const suffix = labelsOf(wildcard.slice(2));
  return sharedPlaces.find(({ host }) => {
    const labels = labelsOf(host);
    // A wildcard below a name that somebody has is that owner's: `*.bucket.s3.amazonaws.com`.
    return labels.length > suffix.length && suffix.every((label, at) => isLabel(label, labels[at]));
  });
}

function isOf(host: string, pattern: string): boolean {
  const labels = labelsOf(host);
  const wanted = labelsOf(pattern.replace(/^\*\./, ""));
  const isBelow = pattern.startsWith("*.");
  return (isBelow ? labels.length > wanted.length : labels.length === wanted.length) &&
    wanted.every((label, at) => isLabel(labels[at] ?? "", label));
}

function isLabel(label: string, pattern: string | undefined): boolean {
  return pattern === "*" || pattern === label;
}

/** From the right. */
function labelsOf(host: string): readonly string[] {
  return host.split(".").reverse();
}
