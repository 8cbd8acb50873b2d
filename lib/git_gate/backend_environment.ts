/** What `git http-backend` is told of a request (git-http-backend(1), RFC 3875, 4.1). */

import type { GitService } from "./request_path.ts";

/** A request as far as git is told of it. */
export interface BackendRequest {
  /** Absolute path of the mirror. */
  readonly folder: string;
  readonly service: GitService;
  readonly step: "advertisement" | "service";
  readonly headers: Headers;
}

/** What http-backend unpacks. */
const ENCODINGS = new Set(["gzip", "x-gzip"]);
/** gitprotocol-v2(5): keys and values between colons, of which http has `version`. */
const PROTOCOL = /^[a-z0-9=:._-]{1,128}$/;

/** Whether the body comes in a form that http-backend reads. */
export function isReadableBody({ headers }: Pick<BackendRequest, "headers">): boolean {
  const encoding = headers.get("content-encoding");
  return encoding === null || encoding === "identity" || ENCODINGS.has(encoding);
}

/** Its variables. What a header says gets in only in the forms that git's own client has. */
export function backendEnvironment(request: BackendRequest): Readonly<Record<string, string>> {
  const { folder, service, step, headers } = request;
  const protocol = headers.get("git-protocol") ?? "";
  const length = headers.get("content-length") ?? "";
  const encoding = headers.get("content-encoding") ?? "";
  return {
    GATEWAY_INTERFACE: "CGI/1.1",
    SERVER_PROTOCOL: "HTTP/1.1",
    GIT_HTTP_EXPORT_ALL: "1",
    PATH_TRANSLATED: `${folder}${step === "advertisement" ? "/info/refs" : `/${service}`}`,
    REMOTE_USER: "bottle",
    REMOTE_ADDR: "bottle",
    ...(PROTOCOL.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
    ...(step === "advertisement" ? { REQUEST_METHOD: "GET", QUERY_STRING: `service=${service}` } : {
      REQUEST_METHOD: "POST",
      QUERY_STRING: "",
      CONTENT_TYPE: `application/x-${service}-request`,
      // Absent where the body comes in chunks: then it is read to its end.
      ...(/^[0-9]{1,15}$/.test(length) ? { CONTENT_LENGTH: length } : {}),
      ...(ENCODINGS.has(encoding) ? { HTTP_CONTENT_ENCODING: "gzip" } : {}),
    }),
  };
}
