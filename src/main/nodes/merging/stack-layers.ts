import type { WeightsExpression } from '../../../shared/expression'
import { defineNode } from '../../node-runtime'
import { refuse } from '../../weights/settings'

export interface Layer {
  readonly source: number
  readonly layer: number
  readonly scale?: number
}

/** Blocks of several models one after the other: a deeper (or shallower) model without training. */
export default defineNode(
  {
    type: 'stack-layers',
    version: 1,
    title: 'Stack layers',
    family: 'merging',
    summary: 'Puts layers of one or several models one after the other.',
    help: `Also known as passthrough, frankenmerge or depth up-scaling. Write the way as slices \`model: first-last\`, both counted from 0, with commas between: \`0: 0-7, 1: 4-11\` takes layers 0 to 7 of the first wire, then 4 to 11 of the second.

\`* 0.5\` after a slice scales what its layers add: \`0: 0-7, 0: 4-7 * 0.5\`; with 0 a layer does nothing. The embedding comes from the model of the first slice, final norm and head from that of the last. The models must be equally wide.`,
    synonyms: ['frankenmerge', 'passthrough', 'depth up-scaling', 'layers', 'slices', 'evolutionary data flow'],
    survey: '3',
    paper: 'Akiba et al. 2024, arXiv:2403.13187; Goddard et al. 2024, arXiv:2403.13257',
    systems: ['evolutionary-layers', 'mergekit'],
    inputs: { models: { wire: 'weights', arity: 'some', summary: 'the models to take layers from' } },
    outputs: { weights: { wire: 'weights', summary: 'the stacked model' } },
    params: { layers: { kind: 'text', default: '0: 0-3', title: 'Layers', summary: 'slices in order, such as 0: 0-7, 1: 4-11 * 0.5' } },
    effect: 'pure',
    resource: 'cpu',
    face: 'layers',
  },
  ({ inputs: { models }, params }) => {
    const weights: WeightsExpression = { op: 'stack', sources: models, layers: parseLayers(params.layers) }
    return { weights }
  },
)

const slice = /^(\d{1,3})\s*:\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?(?:\s*\*\s*(\d+(?:\.\d+)?))?$/

/** `0: 0-7, 1: 4 * 0.5` → one entry a layer. Throws `weights-parameter` quoting the slice that cannot be read. */
export function parseLayers(text: string): Layer[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [, source, first, last = first, scale] =
        slice.exec(part) ??
        refuse('Stack layers', `cannot read the slice ${JSON.stringify(part)}`, 'Write slices such as 0: 0-7 or 1: 4-11 * 0.5.')
      const count = Number(last) - Number(first) + 1
      if (count < 1) refuse('Stack layers', `has a slice that ends before it begins: ${JSON.stringify(part)}`)
      return Array.from({ length: count }, (_, index) => ({
        source: Number(source),
        layer: Number(first) + index,
        ...(scale === undefined ? {} : { scale: Number(scale) }),
      }))
    })
}

/** `0: 0-7, 1: 4-11 * 0.5`: runs of one source and scale. */
export function layersText(layers: readonly Layer[]): string {
  const runs: { source: number; first: number; last: number; scale: number | undefined }[] = []
  for (const { source, layer, scale } of layers) {
    const run = runs.at(-1)
    if (run && run.source === source && run.scale === scale && run.last + 1 === layer) run.last = layer
    else runs.push({ source, first: layer, last: layer, scale })
  }
  return runs
    .map(
      ({ source, first, last, scale }) => `${source}: ${first}${last > first ? `-${last}` : ''}${scale === undefined ? '' : ` * ${scale}`}`,
    )
    .join(', ')
}
