/** The tensor types of ggml: their number in a file, elements a block, bytes a block. Anything else in a file is refused. */
export const ggmlTypes = {
  F32: { id: 0, block: 1, bytes: 4 },
  F16: { id: 1, block: 1, bytes: 2 },
  Q4_0: { id: 2, block: 32, bytes: 18 },
  Q4_1: { id: 3, block: 32, bytes: 20 },
  Q5_0: { id: 6, block: 32, bytes: 22 },
  Q5_1: { id: 7, block: 32, bytes: 24 },
  Q8_0: { id: 8, block: 32, bytes: 34 },
  Q2_K: { id: 10, block: 256, bytes: 84 },
  Q3_K: { id: 11, block: 256, bytes: 110 },
  Q4_K: { id: 12, block: 256, bytes: 144 },
  Q5_K: { id: 13, block: 256, bytes: 176 },
  Q6_K: { id: 14, block: 256, bytes: 210 },
  IQ2_XXS: { id: 16, block: 256, bytes: 66 },
  IQ2_XS: { id: 17, block: 256, bytes: 74 },
  IQ3_XXS: { id: 18, block: 256, bytes: 98 },
  IQ1_S: { id: 19, block: 256, bytes: 50 },
  IQ4_NL: { id: 20, block: 32, bytes: 18 },
  IQ3_S: { id: 21, block: 256, bytes: 110 },
  IQ2_S: { id: 22, block: 256, bytes: 82 },
  IQ4_XS: { id: 23, block: 256, bytes: 136 },
  I8: { id: 24, block: 1, bytes: 1 },
  I16: { id: 25, block: 1, bytes: 2 },
  I32: { id: 26, block: 1, bytes: 4 },
  I64: { id: 27, block: 1, bytes: 8 },
  F64: { id: 28, block: 1, bytes: 8 },
  IQ1_M: { id: 29, block: 256, bytes: 56 },
  BF16: { id: 30, block: 1, bytes: 2 },
  TQ1_0: { id: 34, block: 256, bytes: 54 },
  TQ2_0: { id: 35, block: 256, bytes: 66 },
  MXFP4: { id: 39, block: 32, bytes: 17 },
} as const

export type GgmlType = keyof typeof ggmlTypes

const byId = new Map<number, GgmlType>(Object.entries(ggmlTypes).map(([name, { id }]) => [id, name as GgmlType]))

export const ggmlTypeOf = (id: number): GgmlType | undefined => byId.get(id)

export const isGgmlType = (name: string): name is GgmlType => Object.hasOwn(ggmlTypes, name)

/** Bytes of `elements` values; `elements` must be a whole number of blocks. */
export function byteLengthOf(type: GgmlType, elements: number): number {
  const { block, bytes } = ggmlTypes[type]
  return (elements / block) * bytes
}

/** Integers are carried along, never averaged. */
export const isInteger = (type: GgmlType): boolean => type === 'I8' || type === 'I16' || type === 'I32' || type === 'I64'

/** Bits a weight takes, scales included. */
export const bitsPerWeight = (type: GgmlType): number => (ggmlTypes[type].bytes * 8) / ggmlTypes[type].block
