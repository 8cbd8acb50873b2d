/** `bytes.reserve`, as init and the daemons read it from each other. */

import type { ByteWish, GrantedBytes } from "../egress/route/route_limits.ts";
import { readCount, readShape, readText } from "./shape.ts";

/** @throws {BottleError} `shape-invalid` */
export function parseByteWish(value: unknown): ByteWish {
  const shape = readShape(value, "bytes.reserve");
  return {
    route: readText(shape, "route", 256),
    bytes: readCount(shape, "bytes"),
    limit: readCount(shape, "limit"),
  };
}

/** @throws {BottleError} `shape-invalid` */
export function parseGrantedBytes(value: unknown): GrantedBytes {
  const shape = readShape(value, "bytes.reserve");
  return { granted: readCount(shape, "granted"), reserved: readCount(shape, "reserved") };
}
