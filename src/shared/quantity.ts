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
