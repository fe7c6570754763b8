import { Ledger, middleOf, randomOf, type Search } from './search'

/**
 * Looks everywhere alike: one number on an even grid from end to end, as many points as the budget has; several numbers drawn evenly from the box. How Matena and
 * Raffel 2022, arXiv:2111.09832, choose the weights of models.
 */
export const even: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  const { low, high } = space
  const { uniform } = randomOf(options.seed)
  const at = (share: number, i: number): number => (low[i] as number) + share * ((high[i] as number) - (low[i] as number))
  return ledger.run(async () => {
    if (low.length > 1) for (let draw = 0; draw < 2 * options.budget; draw++) await ledger.ask(low.map((_, i) => at(uniform(), i)))
    else if (options.budget < 2) await ledger.ask(middleOf(space))
    else for (let step = 0; step < options.budget; step++) await ledger.ask([at(step / (options.budget - 1), 0)])
  })
}
