import { randomOf } from '../search/search'

/** The part of each vector: k-means with spread-out first centres (k-means++), seeded, at most 50 rounds; ties go to the lower part. Arthur and Vassilvitskii 2007. */
export function cluster(vectors: readonly Float32Array[], count: number, seed: number): number[] {
  const { uniform } = randomOf(seed)
  let centres = firstCentres(vectors, Math.min(count, vectors.length), uniform)
  let parts: number[] = []
  for (let round = 0; round < 50; round++) {
    const next = vectors.map((vector) => nearest(vector, centres).index)
    if (next.every((part, i) => part === parts[i])) break
    parts = next
    centres = centres.map((centre, index) => meanOf(vectors.filter((_, i) => parts[i] === index)) ?? centre)
  }
  return parts
}

function firstCentres(vectors: readonly Float32Array[], count: number, uniform: () => number): Float32Array[] {
  const centres = [vectors[Math.floor(uniform() * vectors.length)] as Float32Array]
  while (centres.length < count) {
    const far = vectors.map((vector) => nearest(vector, centres).distance)
    let rest = uniform() * far.reduce((sum, value) => sum + value, 0)
    const index = far.findIndex((value) => {
      rest -= value
      return rest < 0
    })
    centres.push(vectors[index < 0 ? centres.length : index] as Float32Array)
  }
  return centres
}

function nearest(vector: Float32Array, centres: readonly Float32Array[]): { index: number; distance: number } {
  let best = { index: 0, distance: Infinity }
  for (const [index, centre] of centres.entries()) {
    let distance = 0
    for (let i = 0; i < vector.length; i++) distance += ((vector[i] as number) - (centre[i] as number)) ** 2
    if (distance < best.distance) best = { index, distance }
  }
  return best
}

function meanOf(vectors: readonly Float32Array[]): Float32Array | undefined {
  const [first] = vectors
  return first?.map((_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / vectors.length)
}
