/** Quantities that statistics may hold of a matrix; what each is, and its shape: `src/main/weights/statistics/table.ts`. */
export const quantities = [
  'energy',
  'mean',
  'gram',
  'features',
  'outMean',
  'outVariance',
  'fisher',
  'units',
  'heads',
  'scale',
  'shift',
  'map',
  'loraA',
  'loraB',
] as const
export type Quantity = (typeof quantities)[number]

/** Each in words. */
export const quantityWords: { readonly [quantity in Quantity]: string } = {
  energy: 'energies of inputs',
  mean: 'means of inputs',
  gram: 'Gram matrices',
  features: 'features',
  outMean: 'means of outputs',
  outVariance: 'variances of outputs',
  fisher: 'Fisher diagonals',
  units: 'masks of units',
  heads: 'masks of heads',
  scale: 'scales of rows',
  shift: 'shifts of biases',
  map: 'linear maps',
  loraA: 'low-rank adapter',
  loraB: 'low-rank adapter',
}
