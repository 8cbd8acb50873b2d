/** What a server can do wrong: in the place of an answer, or after it did what was asked. */

import { apiError } from "./answers.ts";

/** One misbehaviour. */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly message?: string }
  | { readonly kind: "redirect"; readonly to: string }
  /** Answers after so many milliseconds. */
  | { readonly kind: "slow"; readonly ms: number }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Begins an answer and breaks off. */
  | { readonly kind: "cut" }
  | { readonly kind: "rubbish" }
  /** Well-formed, and another answer than it should be. */
  | { readonly kind: "body"; readonly status: number; readonly body: unknown }
  /** 100 MB. */
  | { readonly kind: "huge" };

const MEGABYTE = new TextEncoder().encode("x".repeat(1_000_000));

/** @param answer of a server that does nothing wrong @param closed resolves when the server ends */
export async function misbehave(
  fault: Fault,
  answer: () => Promise<Response>,
  closed: Promise<void>,
): Promise<Response> {
  switch (fault.kind) {
    case "status":
      return apiError(fault.status, fault.message ?? "as the test wants it");
    case "redirect":
      return new Response(null, { status: 307, headers: { location: fault.to } });
    case "slow":
      await sleep(fault.ms, closed);
      return await answer();
    case "hang":
      await closed;
      return apiError(503, "the server ends");
    case "cut":
      return new Response(brokenOff(), { status: 200, headers: { "content-length": "1000" } });
    case "rubbish":
      return new Response("<html>\u0000{", { headers: { "content-type": "text/html" } });
    case "body":
      return Response.json(fault.body, { status: fault.status });
    case "huge":
      return new Response(hundredMegabytes());
  }
  return fault satisfies never;
}

function brokenOff(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('{"id": ')),
    pull: (controller) => controller.error(new Error("cut")),
  });
}

function hundredMegabytes(): ReadableStream<Uint8Array> {
  let left = 100;
  return new ReadableStream({
    pull: (controller) => {
      if (left-- > 0) controller.enqueue(MEGABYTE);
      else controller.close();
    },
  });
}

async function sleep(ms: number, closed: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([closed, late]);
  clearTimeout(timer);
}
