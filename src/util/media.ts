/**
 * Detects the media type of bytes, and encodes them. Pure.
 *
 * @module
 */

/** Detects the type of an image by its first bytes. */
export function imageType(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
    return "image/gif";
  }
  if (start.startsWith("RIFF") && start.slice(8) === "WEBP") {
    return "image/webp";
  }
  return undefined;
}

/** Whether bytes are a PDF file. */
export function isPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";
}

/** Returns bytes as text, or `undefined` if they are not text. */
export function plainText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Maximum number of arguments per call; more may overflow the stack. */
const CHUNK = 8192;

/** Returns bytes in base64. */
export function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  }
  return btoa(pieces.join(""));
}
