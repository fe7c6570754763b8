/** A decision tree: a leaf's share of right examples, or a question on one feature. */
export type Tree = number | { readonly feature: number; readonly atMost: number; readonly yes: Tree; readonly no: Tree }

export interface ForestRow {
  readonly features: readonly number[]
  readonly right: boolean
}

/**
 * A random forest: each tree grows on as many rows drawn with repetition, at each split from √features features drawn, by the least Gini impurity, until leaves
 * are pure. `uniform` gives numbers in [0, 1). No rows: no trees. Breiman 2001.
 */
export function growForest(rows: readonly ForestRow[], uniform: () => number, trees = 100): Tree[] {
  if (rows.length === 0) return []
  return Array.from({ length: trees }, () =>
    grow(
      Array.from(rows, () => rows[Math.floor(uniform() * rows.length)] as ForestRow),
      uniform,
      0,
    ),
  )
}

/** Mean share of right over the trees: how likely an example is right. No trees: one half. */
export function askForest(forest: readonly Tree[], features: readonly number[]): number {
  if (forest.length === 0) return 0.5
  return forest.reduce<number>((sum, tree) => sum + askTree(tree, features), 0) / forest.length
}

function askTree(tree: Tree, features: readonly number[]): number {
  let node = tree
  while (typeof node !== 'number') node = (features[node.feature] as number) <= node.atMost ? node.yes : node.no
  return node
}

const deepest = 24
const rightShare = (rows: readonly ForestRow[]): number => rows.filter(({ right }) => right).length / rows.length

function grow(rows: readonly ForestRow[], uniform: () => number, depth: number): Tree {
  const share = rightShare(rows)
  if (share === 0 || share === 1 || rows.length < 2 || depth >= deepest) return share
  const width = rows[0]?.features.length ?? 0
  const chosen = shuffled(width, uniform)
  const enough = Math.max(1, Math.floor(Math.sqrt(width)))
  let best: { feature: number; atMost: number; impurity: number } | undefined
  for (const [tried, feature] of chosen.entries()) {
    if (tried >= enough && best) break
    const split = bestSplit(rows, feature)
    if (split && (!best || split.impurity < best.impurity)) best = { feature, ...split }
  }
  if (!best) return share
  const { feature, atMost } = best
  const isYes = ({ features }: ForestRow): boolean => (features[feature] as number) <= atMost
  return {
    feature,
    atMost,
    yes: grow(rows.filter(isYes), uniform, depth + 1),
    no: grow(
      rows.filter((row) => !isYes(row)),
      uniform,
      depth + 1,
    ),
  }
}

/** The cut between two values with the least weighted Gini impurity; undefined where all values are equal. */
function bestSplit(rows: readonly ForestRow[], feature: number): { atMost: number; impurity: number } | undefined {
  const sorted = rows.map(({ features, right }) => ({ x: features[feature] as number, right })).sort((a, b) => a.x - b.x)
  const total = sorted.filter(({ right }) => right).length
  let [left, best]: [number, { atMost: number; impurity: number } | undefined] = [0, undefined]
  for (const [i, { x, right }] of sorted.slice(0, -1).entries()) {
    left += Number(right)
    const next = sorted[i + 1]?.x as number
    if (next === x) continue
    const [n, m] = [i + 1, sorted.length - i - 1]
    const impurity = (left * (n - left)) / n + ((total - left) * (m - total + left)) / m
    if (!best || impurity < best.impurity - 1e-12) best = { atMost: (x + next) / 2, impurity }
  }
  return best
}

function shuffled(length: number, uniform: () => number): number[] {
  const list = Array.from({ length }, (_, i) => i)
  for (let i = length - 1; i > 0; i -= 1) {
    const j = Math.floor(uniform() * (i + 1))
    ;[list[i], list[j]] = [list[j] as number, list[i] as number]
  }
  return list
}
