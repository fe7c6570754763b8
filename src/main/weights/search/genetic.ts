import { clampTo, type Evaluation, Ledger, middleOf, randomOf, type Search } from './search'

const population = 12
const kept = 4
const mutated = 0.2

/**
 * A genetic search: the better of two drawn parents twice, each number from either, a fifth of the numbers moved by a normal step of a quarter of the box. The best
 * four stay. Bears losses that jump, such as those of layer orders. Begins with the start, then around it.
 */
export const genetic: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  const { uniform, normal } = randomOf(options.seed)
  const moved = (point: readonly number[], share: number): number[] =>
    clampTo(
      point.map((value, i) =>
        uniform() < share ? value + (normal() * ((space.high[i] as number) - (space.low[i] as number))) / 4 : value,
      ),
      space,
    )
  return ledger.run(async () => {
    const start = middleOf(space)
    let members = await judge(ledger, [start, ...Array.from({ length: population - 1 }, () => moved(start, 0.5))])
    // where all children stand already, nothing is asked; a bounded number of such generations ends the search
    for (let idle = 0; idle < 100; ) {
      const before = ledger.evaluations.length
      const better = (): Evaluation => {
        const [one, other] = [pick(members, uniform), pick(members, uniform)]
        return one.loss <= other.loss ? one : other
      }
      const children = Array.from({ length: population - kept }, () => {
        const [mother, father] = [better().point, better().point]
        return moved(
          mother.map((value, i) => (uniform() < 0.5 ? value : (father[i] as number))),
          mutated,
        )
      })
      const ranked = [...members].sort((a, b) => a.loss - b.loss)
      members = [...ranked.slice(0, kept), ...(await judge(ledger, children))]
      idle = ledger.evaluations.length > before ? 0 : idle + 1
    }
  })
}

async function judge(ledger: Ledger, points: readonly (readonly number[])[]): Promise<Evaluation[]> {
  const judged: Evaluation[] = []
  for (const point of points) judged.push({ point, loss: await ledger.ask(point) })
  return judged
}

const pick = <T>(list: readonly T[], uniform: () => number): T => list[Math.floor(uniform() * list.length)] as T
