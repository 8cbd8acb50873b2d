/** Limits of the HTTP/1.1 codec. Whatever is over one of them is refused, never cut. */

/** Bytes of a head: start line, fields and the empty line. nginx takes 32 KiB, Node 16 KiB; agents send long beta headers. */
export const MAX_HEAD_BYTES = 64 * 1024;
/** What a head's buffer begins with; it doubles on demand. A larger one costs 265 MB at 500 connections. */
export const FIRST_HEAD_BYTES = 16 * 1024;
/** Fields of a head. */
export const MAX_HEADERS = 200;
/** Bytes of one chunk-size line, extensions included, without its line end. */
export const MAX_CHUNK_LINE_BYTES = 1024;
/** Bytes of all chunk extensions of one body. They mean nothing to anybody, and are dropped. */
export const MAX_CHUNK_EXTENSION_BYTES = 16 * 1024;
/** Bytes of a trailer section. */
export const MAX_TRAILER_BYTES = 8 * 1024;
/** Fields of a trailer section. */
export const MAX_TRAILERS = 32;
