import type { BranchesFigures, BranchesRun, RunPlan } from '../../shared/api'
import { formatBytes, formatMs, plural } from '../parts/format'

const ways: readonly { readonly way: BranchesRun; readonly title: string; readonly told: string }[] = [
  { way: 'beside', title: 'Beside each other', told: 'where memory and processor allow' },
  {
    way: 'sequence',
    title: 'One after the other',
    told: 'one node with a model at a time, each model only as long as it is needed',
  },
]

const figures = ({ peakBytes, reloads, estimatedMs }: BranchesFigures): string =>
  [
    `${formatBytes(peakBytes)} at the most`,
    ...(reloads > 0 ? [`${plural(reloads, 'model')} loaded twice`] : []),
    ...(estimatedMs === undefined ? [] : [`about ${formatMs(estimatedMs)}`]),
  ].join(' · ')

/** How the branches of the graph run, with what each way takes: a part of the graph, so that the terminal runs it as the window does. */
export function BranchesChoice({ chosen, plan, onChoose }: { chosen: BranchesRun; plan: RunPlan; onChoose(way: BranchesRun): void }) {
  const { branches } = plan
  if (!branches) return null
  return (
    <fieldset className="branches" data-testid="branches">
      <legend className="block-title">Branches run</legend>
      {ways.map(({ way, title, told }) => (
        <label key={way}>
          <input type="radio" name="branches" checked={chosen === way} onChange={() => onChoose(way)} />
          <b>{title}</b>
          <span className="faint">{told}</span>
          <span className="branches-figures">{figures(branches.chosen === way ? plan : branches.other)}</span>
        </label>
      ))}
    </fieldset>
  )
}
