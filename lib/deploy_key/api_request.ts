/** One request to a forge's API, and its answer: what a provider needs of HTTP. */

import type { Secret } from "../secret.ts";

/** A request. */
export interface ApiRequest {
  /** Its method. */
  readonly method: "GET" | "POST" | "DELETE";
  /** `https:`, or `http:` of this machine; without credentials or fragment. */
  readonly url: string;
  /** The header that proves who asks, whole. */
  readonly authorization: ApiAuthorization;
  /** Sent as JSON; undefined: no body. */
  readonly body?: Readonly<Record<string, string | boolean>>;
  /** What the answer should be in, where that is not plain JSON. */
  readonly accept?: string;
}

/** The header's name and value. */
export interface ApiAuthorization {
  /** `authorization`, or a header of the forge's own. */
  readonly name: "authorization" | "private-token";
  /** Never part of an error. */
  readonly value: Secret;
}

/** An answer, whatever its status. */
export interface ApiResponse {
  /** 100 to 599. */
  readonly status: number;
  /** The body as text, at most {@linkcode MAX_RESPONSE_BYTES}. */
  readonly body: string;
  /** How many items there are in all pages, where the forge says so. */
  readonly total?: number;
}

/**
 * Sends one. Follows no redirect, for the token goes to the host that the person named and to no other.
 *
 * @throws {BottleError} `deploy-key-unreachable`: no answer, or none that could be read
 */
export type SendRequest = (request: ApiRequest, signal: AbortSignal) => Promise<ApiResponse>;

/** The longest answer that is read, in bytes: a page of 50 keys with their repository has some 200 KiB. */
export const MAX_RESPONSE_BYTES = 1024 * 1024;
/** How long a request may take, its answer included, in milliseconds. */
export const REQUEST_MS = 10_000;
