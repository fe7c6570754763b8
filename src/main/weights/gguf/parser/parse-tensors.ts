import { byteLengthOf, ggmlTypeOf, ggmlTypes } from '../types/ggml-type'
import type { GgufTensor } from '../types/header'
import type { Cursor } from './cursor'
import { limits } from './limits'

/** A tensor as the header lists it; its offset counts from the start of the data. */
export type ListedTensor = GgufTensor

/** Fewest bytes of one entry: name length, dimension count, one dimension, type, offset. */
export const leastTensorBytes = 8 + 4 + 8 + 4 + 8

export function parseTensors(cursor: Cursor, count: number): ListedTensor[] {
  const names = new Set<string>()
  const tensors: ListedTensor[] = []
  for (let index = 0; index < count; index++) {
    const tensor = parseTensor(cursor, index)
    if (names.has(tensor.name)) cursor.fail(`the tensor ${tensor.name}`, 'occurs twice')
    names.add(tensor.name)
    tensors.push(tensor)
  }
  return tensors
}

function parseTensor(cursor: Cursor, index: number): ListedTensor {
  const name = cursor.text(`the name of tensor ${index}`, limits.tensorNameBytes)
  if (name === '') cursor.fail(`the name of tensor ${index}`, 'is empty')
  const field = `the tensor ${name}`
  const shape = parseShape(cursor, field)
  const id = cursor.uint32(`the type of ${field}`)
  const type = ggmlTypeOf(id) ?? cursor.fail(`the type of ${field}`, `is ${id}, which is unknown`)
  const row = shape[0] ?? 1
  const { block } = ggmlTypes[type]
  if (row % block !== 0) cursor.fail(field, `has rows of ${row}, which ${type} cannot hold (blocks of ${block})`)
  const elements = shape.reduce((product, size) => product * size, 1)
  const offset = cursor.count(`the offset of ${field}`, Number.MAX_SAFE_INTEGER)
  return { name, shape, type, elements, offset, byteLength: byteLengthOf(type, elements) }
}

function parseShape(cursor: Cursor, field: string): number[] {
  const dimensions = cursor.uint32(`the dimension count of ${field}`)
  if (dimensions < 1 || dimensions > limits.dimensions) cursor.fail(field, `has ${dimensions} dimensions`)
  const shape: number[] = []
  let elements = 1
  for (let axis = 0; axis < dimensions; axis++) {
    const size = cursor.count(`a dimension of ${field}`, limits.elements)
    elements *= size
    if (size === 0) cursor.fail(field, 'has a dimension of 0')
    if (elements >= limits.elements) cursor.fail(field, 'has too many elements')
    shape.push(size)
  }
  return shape
}
