import { Ledger, type Search } from './search'

const ratio = (Math.sqrt(5) - 1) / 2

/** One number with one valley: narrows the interval by the golden section. Kiefer 1953. */
export const goldenSection: Search = (space, objective, options) => {
  const ledger = new Ledger(objective, options)
  return ledger.run(async () => {
    let [low = 0] = space.low
    let [high = 1] = space.high
    let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)]
    let [leftLoss, rightLoss] = [await ledger.ask([left]), await ledger.ask([right])]
    while (high - low > 1e-9) {
      if (leftLoss <= rightLoss) {
        ;[high, right, rightLoss] = [right, left, leftLoss]
        left = high - ratio * (high - low)
        leftLoss = await ledger.ask([left])
      } else {
        ;[low, left, leftLoss] = [left, right, rightLoss]
        right = low + ratio * (high - low)
        rightLoss = await ledger.ask([right])
      }
    }
  })
}
