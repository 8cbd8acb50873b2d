/** A request on its way to the process that sends it, and the answer on its way back: one line of JSON each. */

import {
  optional,
  readChoice,
  readCount,
  readShape,
  readText,
  type Shape,
  shapeError,
} from "../control/shape.ts";
import { BottleError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { type ApiRequest, type ApiResponse, MAX_RESPONSE_BYTES } from "./api_request.ts";
import { type ApiWay, isSafeAddress } from "./api_way.ts";

/** What the process is told. Secret: it goes over stdin. */
export interface SendJob {
  /** What to send. */
  readonly request: ApiRequest;
  /** How. */
  readonly way: ApiWay;
}

/** What it answers. */
export type SendOutcome =
  | { readonly kind: "response"; readonly response: ApiResponse }
  | { readonly kind: "error"; readonly error: BottleError };

/** Of a text that is no certificate or answer. */
const MAX_TEXT = 64 * 1024;
/** As long as `extra_ca.ts` lets one be. */
const MAX_PEM = 1024 * 1024;

/** The job's line. Secret. */
export function formatJob({ request, way }: SendJob): string {
  const { authorization } = request;
  const { proxy } = way;
  return JSON.stringify({
    request: {
      ...request,
      authorization: { name: authorization.name, value: authorization.value.reveal() },
    },
    way: {
      extra_ca_pem: way.extraCaPem,
      proxy: proxy && {
        host: proxy.host,
        port: proxy.port,
        credentials: proxy.credentials && {
          username: proxy.credentials.username,
          password: proxy.credentials.password.reveal(),
        },
      },
    },
  });
}

/** @throws {BottleError} `shape-invalid`, which quotes nothing */
export function parseJob(value: unknown): SendJob {
  const job = readShape(value, "job");
  const way = readShape(job["way"], "way");
  const pem = optional(way, "extra_ca_pem", () => readText(way, "extra_ca_pem", MAX_PEM));
  const proxy = optional(way, "proxy", () => parseProxy(readShape(way["proxy"], "proxy")));
  return {
    request: parseRequest(readShape(job["request"], "request")),
    way: { extraCaPem: pem ?? null, proxy: proxy ?? null },
  };
}

/** The answer's line. */
export function formatOutcome(outcome: SendOutcome): string {
  if (outcome.kind === "response") return JSON.stringify({ response: outcome.response });
  const { message, code, hint } = outcome.error;
  return JSON.stringify({ error: { message, code, hint } });
}

/** @throws {BottleError} `shape-invalid` */
export function parseOutcome(value: unknown): SendOutcome {
  const outcome = readShape(value, "outcome");
  if (outcome["error"] === undefined) {
    const response = readShape(outcome["response"], "response");
    const total = optional(response, "total", () => readCount(response, "total"));
    return {
      kind: "response",
      response: {
        status: readCount(response, "status"),
        body: readText(response, "body", MAX_RESPONSE_BYTES),
        ...(total === undefined ? {} : { total }),
      },
    };
  }
  const error = readShape(outcome["error"], "error");
  const hint = optional(error, "hint", () => readText(error, "hint", MAX_TEXT));
  const code = readText(error, "code", 80);
  const options = { code, ...(hint === undefined ? {} : { hint }) };
  return { kind: "error", error: new BottleError(readText(error, "message", MAX_TEXT), options) };
}

function parseRequest(shape: Shape): ApiRequest {
  const authorization = readShape(shape["authorization"], "authorization");
  const body = optional(shape, "body", () => parseBody(readShape(shape["body"], "body")));
  const accept = optional(shape, "accept", () => readText(shape, "accept", 80));
  const url = readText(shape, "url", MAX_TEXT);
  if (!isSafeAddress(url)) throw shapeError("url", "an address by https, or of this machine");
  return {
    method: readChoice(shape, "method", ["GET", "POST", "DELETE"]),
    url,
    authorization: {
      name: readChoice(authorization, "name", ["authorization", "private-token"]),
      value: new Secret(readText(authorization, "value", MAX_TEXT)),
    },
    ...(body === undefined ? {} : { body }),
    ...(accept === undefined ? {} : { accept }),
  };
}

function parseBody(shape: Shape): Readonly<Record<string, string | boolean>> {
  return Object.fromEntries(
    Object.entries(shape).map(([key, value]) => {
      if (typeof value !== "string" && typeof value !== "boolean") {
        throw shapeError(key, "a text or a flag");
      }
      return [key, value] as const;
    }),
  );
}

function parseProxy(shape: Shape): NonNullable<ApiWay["proxy"]> {
  const credentials = optional(shape, "credentials", () => {
    const pair = readShape(shape["credentials"], "credentials");
    return {
      username: readText(pair, "username", MAX_TEXT),
      password: new Secret(readText(pair, "password", MAX_TEXT)),
    };
  });
  return {
    host: readText(shape, "host", 300),
    port: readCount(shape, "port"),
    credentials: credentials ?? null,
  };
}
