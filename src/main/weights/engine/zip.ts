import { blockRowsOf, type Place } from '../place'
import { refuse } from '../settings'
import type { BlockStep } from './block-step'
import type { PlanTensor, ZipNode } from './plan'

/** Which tensors the hidden units of each block run through: rows of gate and up, columns of down. Throws `weights-parameter` for groups that do not fit. */
export function groupsByTensor(tensors: readonly PlanTensor[], groups: readonly (readonly (readonly number[])[])[]): ZipNode['groups'] {
  return tensors.map(({ name, shape }) => {
    const [, block, role] = /^blk\.(\d+)\.ffn_(gate|up|down)\.weight$/.exec(name) ?? []
    const members = block === undefined ? undefined : groups[Number(block)]
    if (members === undefined) return null
    const axis = role === 'down' ? 'columns' : 'rows'
    const units = axis === 'columns' ? (shape[0] ?? 0) : (shape[1] ?? 0)
    const flat = members.flat()
    if (
      members.length !== units ||
      flat.some((unit) => !Number.isInteger(unit) || unit < 0 || unit >= 2 * units) ||
      members.some((group) => group.length === 0)
    )
      refuse('Zip models', `has groups that do not fit the ${units} units of ${name}`)
    return { axis, members }
  })
}

/** Rows: the mean of a group's rows of both models. Columns: half the sum of its columns, so that what a unit gives counts once. */
export function zipBlock({ models, groups }: ZipNode, tensor: number, { place, block, out, get }: BlockStep): void {
  const zip = groups[tensor]
  if (zip?.axis === 'rows') {
    zipRows(models, zip.members, place, out, get)
    return
  }
  const [a, b] = [get(models[0], block), get(models[1], block)]
  if (!zip) for (let i = 0; i < out.length; i++) out[i] = 0.5 * ((a[i] as number) + (b[i] as number))
  else
    for (let start = 0; start < out.length; start += place.rowLength)
      for (const [unit, members] of zip.members.entries()) {
        let sum = 0
        for (const member of members) sum += (member < place.rowLength ? a[start + member] : b[start + member - place.rowLength]) as number
        out[start + unit] = 0.5 * sum
      }
}

function zipRows(
  models: ZipNode['models'],
  groups: readonly (readonly number[])[],
  place: Place,
  out: Float32Array,
  get: BlockStep['get'],
): void {
  const { rowLength, rows, start, elements, shape } = place
  const units = elements / rowLength
  const perBlock = blockRowsOf(shape)
  out.fill(0)
  for (let row = 0; row < rows; row++) {
    const members = groups[start / rowLength + row] as readonly number[]
    for (const member of members) {
      const from = member % units
      const values = get(member < units ? models[0] : models[1], Math.floor(from / perBlock))
      const at = (from % perBlock) * rowLength
      for (let i = 0; i < rowLength; i++)
        out[row * rowLength + i] = (out[row * rowLength + i] as number) + (values[at + i] as number) / members.length
    }
  }
}
