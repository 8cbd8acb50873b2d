/** Deploy keys in a forge's answer: Gitea, GitHub and GitLab all give a number and a title. */

import { readCount, readList, readShape, readText } from "../control/shape.ts";
import type { BottleError } from "../errors.ts";
import type { ApiResponse } from "./api_request.ts";
import type { ForgeKey } from "./provider.ts";

/** A page has no more keys, whatever is asked for. */
const MAX_KEYS = 1000;
/** Characters of a title: as long as a database's column. */
const MAX_TITLE = 4096;

/** Reads a body as JSON. @throws what `bad` makes, where it is not what `read` takes */
export function readAnswer<T>(
  { body }: ApiResponse,
  bad: () => BottleError,
  read: (answer: unknown) => T,
): T {
  try {
    return read(JSON.parse(body));
  } catch {
    // Neither the parser's words, which quote the answer, nor the reader's say more to a person.
    throw bad();
  }
}

/** One key. @throws {BottleError} `shape-invalid` */
export function readKey(value: unknown): ForgeKey {
  const shape = readShape(value, "key");
  return { id: `${readCount(shape, "id")}`, title: readText(shape, "title", MAX_TITLE) };
}

/** A page of them. @throws {BottleError} `shape-invalid` */
export function readKeys(value: unknown): readonly ForgeKey[] {
  return readList({ keys: value }, "keys", MAX_KEYS).map(readKey);
}
