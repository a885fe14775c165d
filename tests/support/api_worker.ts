/**
 * The scripted Messages API on a thread of its own: a test whose thread blocks could not
 * serve it. Replies are plain data, without gates and functions.
 *
 * @module
 */

import { MessagesApi, type Reply } from "../../src/testing/messages_api.ts";

/** A call of the API, as far as it can go to another thread. */
export interface SeenRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly prompts: readonly string[];
  readonly toolResults: readonly {
    readonly text: string;
    readonly isError: boolean;
  }[];
}

/** What the worker tells. */
export type ApiNews =
  | { readonly url: string }
  | {
    readonly requests: readonly SeenRequest[];
    readonly problems: readonly string[];
  };

const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<readonly Reply[] | "report">) => void;
  postMessage(news: ApiNews): void;
};

let api: MessagesApi | undefined;

worker.onmessage = async ({ data }) => {
  if (data !== "report") {
    api = await MessagesApi.start({ replies: data });
    worker.postMessage({ url: api.url });
    return;
  }
  worker.postMessage({
    requests: (api?.scripted ?? []).map(({ body, prompts, toolResults }) => ({
      body,
      prompts,
      toolResults: toolResults.map(({ text, isError }) => ({ text, isError })),
    })),
    problems: api?.problems ?? [],
  });
};
