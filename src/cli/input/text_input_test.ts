// A text in another encoding than UTF-8 is found out, whatever the chunks.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { EncodingWatch, foreignEncoding, textOfBytes } from "./text_input.ts";
import { UsageError } from "../failure/usage_error.ts";

/** A text as UTF-16 or UTF-32, without a mark. */
function encoded(text: string, unit: 2 | 4, isLittle: boolean): Uint8Array {
  const values = unit === 2
    ? Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
    : Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const view = new DataView(new ArrayBuffer(values.length * unit));
  values.forEach((value, at) =>
    unit === 2
      ? view.setUint16(at * 2, value, isLittle)
      : view.setUint32(at * 4, value, isLittle)
  );
  return new Uint8Array(view.buffer);
}

const TEXTS = [
  "h",
  "hello",
  "explain this file\r\nplease\r\n",
  "Grüße aus Köln, 😀",
  "這是一個測試 文件\n第二行 還有更多的字\n",
  "x".repeat(20_000),
];

function isChinese(text: string): boolean {
  return text.includes("這");
}

Deno.test("foreignEncoding knows UTF-16 and UTF-32, with a mark and without", () => {
  for (const text of TEXTS) {
    for (const isLittle of [true, false]) {
      const end = isLittle ? "LE" : "BE";
      for (const unit of [2, 4] as const) {
        const name = `UTF-${unit * 8}${end}`;
        for (const mark of ["", "\ufeff"]) {
          const bytes = encoded(mark + text, unit, isLittle);
          const found = foreignEncoding(bytes);
          // Without a mark, the letters of Chinese do not tell.
          if (mark !== "" || !isChinese(text)) assertEquals(found, name, text);
          else assert(found !== undefined);
        }
      }
    }
  }
});

Deno.test("foreignEncoding takes UTF-8 for text, and other bytes with NUL for none", () => {
  for (const text of ["", ...TEXTS, "\ufeffwith a mark"]) {
    const bytes = new TextEncoder().encode(text);
    assertEquals(foreignEncoding(bytes), undefined);
    assertEquals(textOfBytes(bytes, "it"), {
      text: text.replace("\ufeff", ""),
      isReplaced: false,
    });
  }
  const list = new TextEncoder().encode("a.txt\0bc.txt\0def.txt\0");
  assertEquals(foreignEncoding(list), "binary");
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 1);
  assertEquals(foreignEncoding(png), "binary");
});

Deno.test("textOfBytes says what the bytes are and how to convert them", () => {
  const error = assertThrows(
    () => textOfBytes(encoded("hello", 2, true), "the prompt from stdin"),
    UsageError,
    "Cannot read the prompt from stdin: it is UTF-16LE, expected UTF-8",
  );
  assertEquals(error.hint, "Convert it: iconv -f UTF-16LE -t UTF-8");
});

Deno.test("textOfBytes replaces what is in another encoding, and says so", () => {
  const bytes = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
  assertEquals(textOfBytes(bytes, "it"), {
    text: "caf\ufffd",
    isReplaced: true,
  });
});

Deno.test("EncodingWatch finds it out for every chunk size", () => {
  for (const text of TEXTS.slice(0, 5)) {
    for (const mark of ["", "\ufeff"]) {
      const bytes = encoded(mark + text, 2, true);
      for (let size = 1; size <= bytes.length; size++) {
        const watch = new EncodingWatch("it");
        assertThrows(() => {
          for (let at = 0; at < bytes.length; at += size) {
            watch.take(bytes.subarray(at, at + size));
          }
        }, UsageError);
      }
    }
    const watch = new EncodingWatch("it");
    for (const byte of new TextEncoder().encode(text)) {
      watch.take(Uint8Array.of(byte));
    }
    assert(true);
  }
});
