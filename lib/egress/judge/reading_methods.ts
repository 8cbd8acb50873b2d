/** Methods that only read. */

/** RFC 9110, 9.2.1, without TRACE, which is never allowed. */
export const readingMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);
