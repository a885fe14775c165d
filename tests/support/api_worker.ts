/**
 * The scripted Messages API on a thread of its own: a test whose thread blocks could not
 * serve it. Replies are plain data, without gates and functions.
 *
 * @module
 */

import { MessagesApi, type Reply } from "../../src/testing/mod.ts";

/** A call of the API, as far as it can go to another thread. */
export interface SeenRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly prompts: readonly string[];
  readonly toolResults: readonly {
    readonly text: string;
    readonly isError: boolean;
  }[];
}

/** What the worker is to do: to start, or to tell what was asked. */
export type ApiOrder =
  | {
    readonly replies: readonly Reply[];
    readonly home: string;
    readonly temporary: string;
  }
  | "report";

/** What the worker tells. */
export type ApiNews =
  | { readonly environment: Record<string, string> }
  | {
    readonly requests: readonly SeenRequest[];
    readonly problems: readonly string[];
  };

const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<ApiOrder>) => void;
  postMessage(news: ApiNews): void;
};

let api: MessagesApi | undefined;

worker.onmessage = async ({ data }) => {
  if (data !== "report") {
    const { replies, home, temporary } = data;
    api = await MessagesApi.start({ replies });
    const environment = api.environment({ home, temporary });
    worker.postMessage({ environment });
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
