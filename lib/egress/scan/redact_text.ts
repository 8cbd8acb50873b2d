/** Redaction of texts that are there whole. */

import { Buffer } from "node:buffer";
import type { Finder, OnFound } from "./finder.ts";
import { overwrite } from "./stream_scan.ts";

/** A text with what is found replaced by as many `*`. @param text ISO 8859-1, as fields of a head are */
export function redactText(text: string, finder: Finder, onFound: OnFound = () => {}): string {
  const bytes = Buffer.from(text, "latin1");
  const ranges: number[] = [];
  finder.search(bytes, (occurrence) => {
    onFound(occurrence);
    ranges.push(...occurrence.ranges);
  });
  if (ranges.length === 0) return text;
  overwrite(bytes, ranges);
  return bytes.toString("latin1");
}
