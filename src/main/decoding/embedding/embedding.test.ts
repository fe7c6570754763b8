import { describe, expect, it } from 'vitest'
import { fakeVocabulary } from '../fake-runtime'
import { commonTokens, requireAnchors } from './anchors'
import { Kept } from './kept'
import { orthogonalFactor, principalDirections, product, timesVector, toUnitRows, transpose } from './matrix'
import { partnersOf } from './meaning-map'
import { type Relation, relationOf } from './relative'
import { relativeOf, searchBack, softmax } from './search-back'
import { crossProduct, VectorTable } from './vector-table'

function near(actual: ArrayLike<number>, expected: readonly number[], digits = 6): void {
  expect(actual).toHaveLength(expected.length)
  expected.forEach((x, i) => {
    expect(actual[i] as number, `entry ${i}`).toBeCloseTo(x, digits)
  })
}

describe('turning one table of embeddings onto another (EVA)', () => {
  // worked by hand: five auxiliary tokens are the main ones (and one between), turned by 30°
  const main = Float32Array.of(1, 0, 0, 1, 0.8, 0.6, 0.6, -0.8)
  const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
  const turned = (x: number, y: number): number[] => [x * c - y * s, x * s + y * c]
  const between = [Math.cos(Math.PI / 9), Math.sin(Math.PI / 9)] as const
  const plain = [[1, 0], [0, 1], between, [0.8, 0.6], [0.6, -0.8]] as const
  const auxiliary = Float32Array.from(plain.flatMap(([x, y]) => turned(x, y)))
  const rowOf = (table: Float32Array, row: number): number[] => [...table.subarray(2 * row, 2 * row + 2)]
  const anchorsMain = Float32Array.from([0, 1, 2].flatMap((row) => rowOf(main, row)))
  const anchorsAux = Float32Array.from([0, 1, 3].flatMap((row) => rowOf(auxiliary, row)))
  const turn = orthogonalFactor(crossProduct(anchorsAux, 2, anchorsMain, 2), 2)

  it('undoes the turn between them', () => {
    near(
      turn,
      [0.866025, -0.5, 0.5, 0.866025].map((x) => x),
      5,
    )
    near(product(anchorsAux, turn, 2, 2), [...anchorsMain], 6)
  })

  it('keeps the partners of the card, and projects a distribution as the card does', () => {
    const onMain = Float32Array.from(product(auxiliary, turn, 2, 2))
    const cosines = plain.map((_, row) => {
      const out = new Float32Array(4)
      timesVector(main, onMain.subarray(2 * row, 2 * row + 2), out)
      return out
    })
    near(cosines[2] as Float32Array, [0.939693, 0.34202, 0.956966, 0.290199])
    const hubness = Float32Array.from([0, 1, 2, 3].map((m) => Math.max(...cosines.map((row) => row[m] as number))))
    const partners = cosines.map((row) => partnersOf(row, hubness, { keep: 10, least: 0.1 }))
    const asMap = (row: number): Record<number, number> =>
      Object.fromEntries(partners[row]?.tokens.map((token, i) => [token, Number((partners[row]?.likeness[i] ?? 0).toFixed(5))]) ?? [])
    expect(partners.map((_, row) => asMap(row))).toEqual([
      { 0: 1, 2: 0.6, 3: 0.2 },
      { 1: 1, 2: 0.2 },
      { 0: 0.87939, 2: 0.91393 },
      { 0: 0.6, 1: 0.2, 2: 1 },
      { 0: 0.2, 3: 1 },
    ])
    const project = (scaled: boolean): number[] => {
      const out = [0, 0, 0, 0]
      partners.forEach(({ tokens, likeness }, row) => {
        const scale = scaled ? likeness.reduce((sum, x) => sum + x, 0) : 1
        tokens.forEach((token, i) => {
          out[token] = (out[token] as number) + (([0.05, 0.1, 0.6, 0.2, 0.05][row] as number) * (likeness[i] as number)) / scale
        })
      })
      return out
    }
    near(project(false), [0.707631, 0.14, 0.798359, 0.06], 5)
    near(project(true), [0.396998, 0.105556, 0.450224, 0.047222], 5)
  })

  it('finds no partner for a token that is equally near to everything', () => {
    const flat = new Float32Array(8).fill(0.9)
    expect(partnersOf(flat, new Float32Array(8).fill(0.9), { keep: 10, least: 0.1 }).tokens).toEqual([])
    expect(partnersOf(flat.subarray(0, 5), new Float32Array(5).fill(0.9), { keep: 10, least: 0.1 }).tokens).toEqual([0, 1, 2, 3, 4])
    expect(partnersOf(flat, new Float32Array(8).fill(1.75), { keep: 10, least: 0.1 }).tokens).toEqual([])
  })
})

describe('relative representations (DeePEn)', () => {
  // worked by hand: scale 10, three anchors = tokens 0, 1, 2 of both
  const spaceOf = (rows: number[][]): Relation[] => {
    const width = (rows[0] as number[]).length
    const table = Float32Array.from(rows.flat())
    toUnitRows(table, width)
    return rows.map((_, v) => {
      const out = new Float32Array(3)
      timesVector(table.subarray(0, 3 * width), table.subarray(v * width, (v + 1) * width), out)
      return relationOf(out, 10, 3)
    })
  }
  const main = spaceOf([
    [1, 0, 0.2],
    [0.1, 1, 0],
    [0.5, 0.5, 0.7],
    [0.9, 0.3, 0.1],
  ])
  const other = spaceOf([
    [0.8, 0.1],
    [0.2, 0.9],
    [0.6, 0.6],
    [0.3, 0.8],
  ])
  const dense = ({ anchors, shares }: Relation): number[] => {
    const out = [0, 0, 0]
    anchors.forEach((anchor, i) => {
      out[anchor] = shares[i] as number
    })
    return out
  }
  const [pMain, pOther] = [
    [0.5, 0.15, 0.15, 0.2],
    [0.1, 0.6, 0.1, 0.2],
  ] as const

  it('gives the rows of the card', () => {
    near(dense(main[0] as Relation), [0.956959, 0.000476, 0.042565])
    near(dense(main[3] as Relation), [0.862235, 0.0115, 0.126266])
    near(dense(other[2] as Relation), [0.156348, 0.223074, 0.620578], 5)
    near(relativeOf(pMain, main, 3), [0.659084, 0.153951, 0.186965])
    near(relativeOf(pOther, other, 3), [0.104827, 0.602163, 0.29301])
  })

  it('searches back to the distribution of the card in five steps', () => {
    const wanted = relativeOf(pMain, main, 3).map((x, i) => (x + (relativeOf(pOther, other, 3)[i] as number)) / 2)
    near(wanted, [0.381955, 0.378057, 0.239988])
    const start = pMain.map(Math.log)
    const found = softmax(searchBack(start, main, wanted, { steps: 5, rate: 0.15 }))
    near(found, [0.296479, 0.324383, 0.26063, 0.118508], 5)
    const gap = (p: ArrayLike<number>): number =>
      relativeOf(p, main, 3).reduce((sum, x, i) => sum + ((wanted[i] as number) * Math.log((wanted[i] as number) / x)) / 3, 0)
    expect(gap(pMain)).toBeCloseTo(0.063731, 5)
    expect(gap(found)).toBeCloseTo(0.002085, 5)
  })

  it('stays where it is without steps or rate, and keeps only the nearest anchors', () => {
    const start = pMain.map(Math.log)
    const wanted = Float64Array.of(0.3, 0.3, 0.4)
    near(searchBack(start, main, wanted, { steps: 0, rate: 0.15 }), start)
    near(searchBack(start, main, wanted, { steps: 5, rate: 0 }), start)
    const { anchors, shares } = relationOf(Float32Array.of(0.1, 0.9, 0.5), 10, 1)
    expect([[...anchors], [...shares]]).toEqual([[1], [1]])
    near(relationOf(new Float32Array(4), 100, 4).shares, [0.25, 0.25, 0.25, 0.25])
  })
})

describe('what both need', () => {
  it('shared tokens, by their bytes, without end tokens', () => {
    const [a, b] = [fakeVocabulary([' the', ' cat', 'at', '']), fakeVocabulary(['at', ' the', 't', ''])]
    expect(commonTokens([a, b])).toEqual([
      [0, 1],
      [2, 0],
    ])
    expect(commonTokens([a, b], 1)).toEqual([[0, 1]])
    expect(() => requireAnchors([[0, 1]], 100, 'This')).toThrow(/share 1, and at least 100/)
  })
  it('the directions of greatest spread', () => {
    const gram = Float64Array.of(3, 0, 0, 0, 1, 0, 0, 0, 2)
    const basis = principalDirections(gram, 3, 2)
    near(transpose(basis, 3, 2).map(Math.abs), [1, 0, 0, 0, 0, 1], 1)
  })
  it('products with every row of a table, in vectors as by plain loops', () => {
    for (const [rows, width] of [
      [1, 1],
      [3, 4],
      [5, 7],
      [17, 130],
    ] as const) {
      const table = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i))
      const vector = Float32Array.from({ length: width }, (_, i) => Math.cos(i))
      const expected = new Float32Array(rows)
      timesVector(table, vector, expected)
      near(VectorTable.from(table, width).times(vector), [...expected], 4)
    }
  })
  it('what was made is kept, a failure is not', async () => {
    const kept = new Kept<number>(2)
    let made = 0
    const make = async (): Promise<number> => ++made
    expect([await kept.get('a', make), await kept.get('a', make), await kept.get('b', make), await kept.get('c', make)]).toEqual([
      1, 1, 2, 3,
    ])
    expect(await kept.get('a', make)).toBe(4)
    await expect(kept.get('d', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await kept.get('d', make)).toBe(5)
  })
})
