// Images and documents as blocks of a prompt, and which are refused.

import { assertEquals, assertThrows } from "@std/assert";
import {
  documentBlock,
  imageBlock,
  linked,
  MAX_DOCUMENT_BYTES,
  MAX_IMAGE_BYTES,
  text,
} from "./blocks.ts";
import { document, image } from "./files.ts";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const bytes = (...of: (number | string)[]) =>
  new Uint8Array(
    of.flatMap((one) =>
      typeof one === "number" ? [one] : [...new TextEncoder().encode(one)]
    ),
  );

Deno.test("imageBlock tells the kind by the bytes", () => {
  const rows: readonly [Uint8Array, string][] = [
    [bytes(...PNG, 1), "image/png"],
    [bytes(0xff, 0xd8, 0xff, 0xe0), "image/jpeg"],
    [bytes("GIF87a"), "image/gif"],
    [bytes("GIF89a"), "image/gif"],
    [bytes("RIFF", 1, 2, 3, 4, "WEBPVP8 "), "image/webp"],
  ];
  for (const [given, mediaType] of rows) {
    const { source } = imageBlock(given, "x");
    assertEquals(source, {
      type: "base64",
      media_type: mediaType,
      data: btoa(String.fromCharCode(...given)),
    });
  }
  for (const given of [bytes(), bytes("GIF"), bytes("%PDF-"), bytes("RIFF")]) {
    assertThrows(() => imageBlock(given, '"a.png"'), TypeError, '"a.png"');
  }
});

Deno.test("documentBlock takes PDF and text, with a title", () => {
  assertEquals(documentBlock(bytes("%PDF-1.4"), "x", { title: "T" }), {
    type: "document",
    source: {
      type: "base64",
      media_type: "application/pdf",
      data: btoa("%PDF-1.4"),
    },
    title: "T",
  });
  assertEquals(documentBlock(bytes("grün"), "x", { context: "c" }), {
    type: "document",
    source: { type: "text", media_type: "text/plain", data: "grün" },
    context: "c",
  });
  for (const given of [bytes(...PNG), bytes(0xff, 0xfe), bytes("a", 0)]) {
    assertThrows(() => documentBlock(given, "x", {}), TypeError, "UTF-8");
  }
});

Deno.test("what is too large is refused", () => {
  const image = new Uint8Array(MAX_IMAGE_BYTES + 1);
  image.set(PNG);
  assertThrows(() => imageBlock(image, "x"), RangeError, "33554432");
  assertThrows(
    () => documentBlock(new Uint8Array(MAX_DOCUMENT_BYTES + 1), "x", {}),
    RangeError,
  );
});

Deno.test("image and document read files, and leave addresses to the API", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytes(...PNG));
    const expected = imageBlock(bytes(...PNG), "x");
    assertEquals(image(path), expected);
    assertEquals(image(new URL(`file://${path}`)), expected);
    assertEquals(image(bytes(...PNG)), expected);
    assertThrows(() => document(path), TypeError, path);
  } finally {
    await Deno.remove(path);
  }
  assertThrows(() => image(path), TypeError, "there is no such file");
  const url = new URL("https://example.com/a");
  assertEquals(image(url), linked("image", url));
  assertEquals(document(url, { title: "T" }), {
    type: "document",
    source: { type: "url", url: url.href },
    title: "T",
  });
  for (const wrong of ["https://example.com/a", new URL("data:,x"), 5]) {
    assertThrows(() => image(wrong as string), TypeError, "URL object");
  }
});

Deno.test("text takes texts", () => {
  assertEquals(text("x"), { type: "text", text: "x" });
  assertThrows(() => text(5 as unknown as string), TypeError);
});

Deno.test("a file that is called a PDF has to be one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["f.pdf", "G.PDF"]) {
      const path = `${folder}/${name}`;
      for (const bad of ["", "<html>404</html>"]) {
        await Deno.writeTextFile(path, bad);
        for (const source of [path, new URL(`file://${path}`)]) {
          assertThrows(() => document(source), TypeError, "%PDF-");
        }
      }
      await Deno.writeTextFile(path, "%PDF-1.7\n");
      document(path);
    }
    await Deno.writeTextFile(`${folder}/f.pdf.txt`, "text");
    document(`${folder}/f.pdf.txt`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
