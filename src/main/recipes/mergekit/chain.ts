import { TributaryError } from '../../../shared/errors'
import type { MergekitConfig } from './config'

export interface Chain<T> {
  readonly result: T
  readonly config: MergekitConfig
  /** names of documents that neither are the result nor go into it */
  readonly unused: readonly string[]
}

/** What a document becomes holds what it names, each time anew: a few dozen documents that name one another twice would be millions of steps. */
const mostSteps = 10_000

/**
 * The documents of one file name each other in any order, as MergeKit's own `mergekit-multi` takes them: each is made after those that it names. `make` gets a document and a
 * way to ask for what another became, undefined where no document has that name. The result is the document without a name, else the last that no other names.
 * Throws `graph-format` where documents name each other in a circle or too often, or cannot be told apart.
 */
export function makeChain<T extends object>(
  configs: readonly MergekitConfig[],
  make: (config: MergekitConfig, named: (name: string) => T | undefined) => T,
): Chain<T> {
  const named = byName(configs)
  const made = new Map<MergekitConfig, T>()
  const used = new Set<MergekitConfig>()
  const steps = new Map<MergekitConfig, number>()
  const making: MergekitConfig[] = []
  const madeOf = (config: MergekitConfig): T => {
    const known = made.get(config)
    if (known) return known
    if (making.includes(config)) throw circle([...making.slice(making.indexOf(config)), config])
    making.push(config)
    let count = 1
    const result = make(config, (name) => {
      const other = named.get(name)
      if (other === undefined) return undefined
      const expression = madeOf(other)
      used.add(other)
      count += steps.get(other) ?? 0
      if (count > mostSteps) throw tooMany()
      return expression
    })
    making.pop()
    made.set(config, result)
    steps.set(config, count)
    return result
  }
  for (const config of configs) madeOf(config)
  const ends = configs.filter((config) => !used.has(config))
  const config = ends.find(({ name }) => !name) ?? ends.at(-1)
  if (config === undefined) throw new Error('without a circle some document is named by no other')
  return { result: madeOf(config), config, unused: ends.filter((end) => end !== config).map(({ name }) => name ?? '') }
}

/** The result, which has no name, stands under the empty one. */
function byName(configs: readonly MergekitConfig[]): ReadonlyMap<string, MergekitConfig> {
  const named = new Map<string, MergekitConfig>()
  for (const config of configs) {
    const name = config.name ?? ''
    if (named.has(name))
      throw unclear(
        name ? `Two documents of this MergeKit file have the name ${name}.` : 'Two documents of this MergeKit file have no name.',
        'Give each a name of its own; only the one that makes the result may go without.',
      )
    named.set(name, config)
  }
  return named
}

const circle = (configs: readonly MergekitConfig[]): TributaryError =>
  unclear(
    `The documents of this MergeKit file name each other in a circle: ${configs.map(({ name }) => name).join(' → ')}.`,
    'Take one of these names out of the models of the document before it.',
  )

const tooMany = (): TributaryError =>
  unclear(
    `The documents of this MergeKit file name each other so often that they would become more than ${mostSteps} steps.`,
    'Merge some of them first, and name the model that comes of it.',
  )

const unclear = (message: string, hint: string): TributaryError => new TributaryError('graph-format', message, { hint })
