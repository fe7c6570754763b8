/** A small tokenizer.model: unknown, begin, end, 256 bytes, and made-up pieces, `size` in all. Written by hand, without the code under test. */
export function sentencePieceBytes(size: number, options: { readonly kind?: number; readonly dummyPrefix?: boolean } = {}): Uint8Array {
  const pieces = [
    pieceOf('<unk>', 0, 2),
    pieceOf('<s>', 0, 3),
    pieceOf('</s>', 0, 3),
    ...Array.from({ length: 256 }, (_, byte) => pieceOf(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 0, 6)),
  ]
  const made = ['▁', 'a', 'b', 'c', 'ab', '▁a', '▁ab', 'abc']
  for (let id = pieces.length; id < size; id++) pieces.push(pieceOf(made[id - 259] ?? `▁w${id}`, -(id - 259), 1))
  const trainer = [0x18, options.kind ?? 2]
  const normalizer = [0x18, options.dummyPrefix === false ? 0 : 1]
  return Uint8Array.from([...pieces.flatMap((piece) => part(1, piece)), ...part(2, trainer), ...part(3, normalizer)])
}

const part = (field: number, bytes: readonly number[]): number[] => [field * 8 + 2, ...varint(bytes.length), ...bytes]

function pieceOf(text: string, score: number, type: number): number[] {
  return [...part(1, [...new TextEncoder().encode(text)]), 0x15, ...new Uint8Array(Float32Array.of(score).buffer), 0x18, type]
}

const varint = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)])
