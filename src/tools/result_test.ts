// Whatever a tool returns or throws becomes a result that the CLI takes.

import { assertEquals } from "@std/assert";
import { imageType } from "../util/media.ts";
import { resultOf, thrownText } from "./result.ts";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const text = (text: string) => ({ content: [{ type: "text", text }] });
const failure = (message: string) => ({ ...text(message), isError: true });
const UNUSABLE = "Cannot use the result of the tool: ";

/** What a tool returns, and the result that goes out. */
const RESULTS: readonly (readonly [string, unknown, unknown])[] = [
  ["a text", "hi", text("hi")],
  ["no text", "", text("")],
  ["nothing", undefined, text("")],
  ["null", null, text("null")],
  ["a number", 0, text("0")],
  ["false", false, text("false")],
  ["a list", [1, "a"], text('[1,"a"]')],
  ["an object", { a: 1 }, text('{"a":1}')],
  ["a date", new Date(0), text('"1970-01-01T00:00:00.000Z"')],
  ["an image", PNG, {
    content: [{ type: "image", data: "iVBORw0KGgo=", mimeType: "image/png" }],
  }],
  [
    "other bytes",
    new Uint8Array(3),
    failure(`${UNUSABLE}its bytes are no PNG, JPEG, GIF or WebP image`),
  ],
  ["a whole result", text("x"), text("x")],
  ["a whole error", failure("x"), failure("x")],
  ["an error that is none", { ...text("x"), isError: false }, text("x")],
  ["no content", { content: [] }, { content: [] }],
  ["only structured content", { structuredContent: { a: 1 } }, {
    ...text('{"a":1}'),
    structuredContent: { a: 1 },
  }],
  ["both", { ...text("x"), structuredContent: { a: 1 } }, {
    ...text("x"),
    structuredContent: { a: 1 },
  }],
  [
    "a message of the API",
    { id: "m", ...text("x") },
    text('{"id":"m","content":[{"type":"text","text":"x"}]}'),
  ],
  ["content that is data", { content: ["a"] }, text('{"content":["a"]}')],
  [
    "a block without its field",
    { content: [{ type: "image", data: "" }] },
    failure(`${UNUSABLE}content.0: expected a text as mimeType`),
  ],
  [
    "a block of no type",
    { content: [{ type: "text", text: "" }, { type: "toString" }] },
    failure(`${UNUSABLE}content.1: there is no type "toString"`),
  ],
  [
    "a resource without data",
    { content: [{ type: "resource", resource: { uri: "x://y" } }] },
    failure(
      `${UNUSABLE}content.0: expected a resource with uri and either text or blob`,
    ),
  ],
  [
    "structured content of a wrong shape",
    { ...text("x"), structuredContent: [1] },
    failure(`${UNUSABLE}structuredContent: expected an object`),
  ],
  [
    "a function",
    () => {},
    failure(`${UNUSABLE}JSON cannot hold a function`),
  ],
];

for (const [name, returned, result] of RESULTS) {
  Deno.test(`resultOf takes ${name}`, () => {
    assertEquals<unknown>(resultOf(returned), result);
  });
}

Deno.test("resultOf turns what JSON cannot hold into an error", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const big = { structuredContent: { big: 1n } };
  for (const value of [circle, { big: 1n }, big]) {
    assertEquals(resultOf(value).isError, true);
  }
});

Deno.test("imageType knows images by their first bytes", () => {
  const bytes = (text: string) =>
    Uint8Array.from(text, (char) => char.charCodeAt(0));
  assertEquals(
    [
      "\x89PNG\r\n\x1a\n...",
      "\xff\xd8\xff\xe0",
      "GIF89a..",
      "GIF87a",
      "RIFF1234WEBPVP8 ",
      "RIFF1234WAVE",
      "BM",
      "",
    ].map((text) => imageType(bytes(text))),
    [
      "image/png",
      "image/jpeg",
      "image/gif",
      "image/gif",
      "image/webp",
      undefined,
      undefined,
      undefined,
    ],
  );
});

Deno.test("a large image survives base64", () => {
  const bytes = new Uint8Array(100_001).fill(7);
  bytes.set(PNG);
  const { content } = resultOf(bytes);
  const back = Uint8Array.from(
    atob(`${content[0]?.data}`),
    (char) => char.charCodeAt(0),
  );
  assertEquals(back, bytes);
});

Deno.test("thrownText has a text for whatever was thrown", () => {
  class Hostile extends Error {
    override get message(): string {
      throw new Error("no message");
    }
    override get name(): string {
      throw new Error("no name");
    }
  }
  const noText = Object.create(null);
  const rows: readonly [unknown, string][] = [
    [new Error("x"), "x"],
    [new TypeError(""), "TypeError"],
    ["y", "y"],
    [undefined, "undefined"],
    [noText, "an unknown error"],
    [new Hostile(), "an unknown error"],
    [Object.assign(new Error(), { message: noText }), "an unknown error"],
  ];
  for (const [thrown, expected] of rows) {
    assertEquals(thrownText(thrown), expected);
  }
});
