/** Text of bytes: UTF-8, or UTF-16 where a byte order mark says so. Anything else is refused rather than guessed. Line ends become `\n`. */
export function decodeText(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    if (text.includes('\u0000')) throw new Error('a zero character')
    return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  } catch (cause) {
    throw new Error('it is not text in UTF-8 or UTF-16', { cause })
  }
}
