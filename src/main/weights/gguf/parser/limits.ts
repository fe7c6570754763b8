/** What no honest file exceeds; each limit acts before memory is taken for what it limits. */
export const limits = {
  headerBytes: 64 * 2 ** 20,
  keys: 4096,
  keyBytes: 256,
  /** a recipe that carries the numbers of a router or of units that were joined is some megabytes long */
  stringBytes: 16 * 2 ** 20,
  arrayItems: 4 * 2 ** 20,
  tensors: 65_536,
  tensorNameBytes: 63,
  dimensions: 4,
  elements: 2 ** 46,
  alignment: 2 ** 16,
} as const
