/** What every request to a forge's API must be like: a stand-in that takes less than this finds no mistake. */

/** A request, read. */
export interface StrictRequest {
  readonly method: string;
  /** Segments below the API's root, decoded. */
  readonly path: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly authorization: string | null;
  /** Of a POST. */
  readonly body: unknown;
}

/** What differs between forges. */
export interface StrictForm {
  /** `/api/v1`. */
  readonly root: string;
  /** The header with the token. */
  readonly authorization: string;
  /** What it has to say it takes. */
  readonly accept: string;
}

/** Headers that a client may send; any other is a mistake, cookies first of all. */
const KNOWN = [
  "accept",
  "accept-encoding",
  "accept-language",
  "content-length",
  "content-type",
  "host",
  "user-agent",
];

/** Reads it, or says what is wrong with it. */
export async function readStrictly(
  request: Request,
  form: StrictForm,
): Promise<StrictRequest | { readonly why: string }> {
  const { headers, method } = request;
  const url = new URL(request.url);
  const allowed = [...KNOWN, form.authorization];
  const stray = [...headers.keys()].filter((name) => !allowed.includes(name));
  if (stray.length > 0) return { why: `headers ${stray.join(", ")}` };
  if (headers.get("accept") !== form.accept) return { why: `accept ${headers.get("accept")}` };
  if ((headers.get("user-agent") ?? "") === "") return { why: "no user-agent" };
  if (url.protocol !== "https:") return { why: `the scheme ${url.protocol}` };
  if (url.username !== "" || url.password !== "") return { why: "credentials in the address" };
  if (!url.pathname.startsWith(`${form.root}/`)) return { why: `the path ${url.pathname}` };
  const segments = url.pathname.slice(form.root.length + 1).split("/");
  if (segments.some((segment) => encodeURIComponent(decodeURIComponent(segment)) !== segment)) {
    return { why: `the path ${url.pathname}, which is not encoded as it should be` };
  }
  const query = new Map(url.searchParams);
  if ([...url.searchParams].length !== query.size) return { why: "a parameter twice" };
  const text = await request.text();
  const read = readBody(method, text, headers.get("content-type"));
  if ("why" in read) return read;
  return {
    method,
    query,
    path: segments.map(decodeURIComponent),
    authorization: headers.get(form.authorization),
    body: read.body,
  };
}

function readBody(
  method: string,
  text: string,
  type: string | null,
): { readonly body: unknown } | { readonly why: string } {
  if (method !== "POST") {
    return text === "" && type === null ? { body: undefined } : { why: `a body with ${method}` };
  }
  if (type !== "application/json") return { why: `the content type ${type}` };
  try {
    return { body: JSON.parse(text) };
  } catch {
    return { why: "a body that is no JSON" };
  }
}

/** Whether a body has exactly these fields, of these types. */
export function hasShape(
  body: unknown,
  shape: Readonly<Record<string, "string" | "boolean">>,
): body is Readonly<Record<string, string | boolean>> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return false;
  const fields = Object.entries(body);
  return fields.length === Object.keys(shape).length &&
    fields.every(([name, value]) => typeof value === shape[name]);
}
