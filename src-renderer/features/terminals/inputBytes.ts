const encoder = new TextEncoder();

/** What was typed, as UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** What xterm reports byte by byte, such as old mouse reports. */
export function bytesOfBinary(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
}
