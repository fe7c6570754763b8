import { clampTo, Ledger, middleOf, randomOf, type Search } from './search'

/** Many numbers at two evaluations a step: simultaneous perturbation. Step sizes are shares of the box. Spall 1992. */
export const spsa: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  const random = randomOf(options.seed)
  const spans = space.high.map((high, i) => high - (space.low[i] as number))
  const settle = options.budget / 20
  return ledger.run(async () => {
    let point = middleOf(space)
    await ledger.ask(point)
    for (let step = 0; step < options.budget * 4; step++) {
      const gain = 0.2 / (step + 1 + settle) ** 0.602
      const reach = 0.1 / (step + 1) ** 0.101
      const signs = point.map(() => (random.uniform() < 0.5 ? -1 : 1))
      const moved = (by: number): number[] =>
        clampTo(
          point.map((value, i) => value + by * (signs[i] as number) * (spans[i] as number)),
          space,
        )
      const slope = ((await ledger.ask(moved(reach))) - (await ledger.ask(moved(-reach)))) / (2 * reach)
      if (Number.isFinite(slope))
        point = clampTo(
          point.map((value, i) => value - gain * slope * (signs[i] as number) * (spans[i] as number)),
          space,
        )
    }
    await ledger.ask(point)
  })
}
