import { useState } from 'react'
import type { Metric, OutputState } from '../../shared/run/fold'
import { wireSources } from '../canvas/wire-sources'
import { useOutput } from '../panels/OutputValue'
import { formatNumber, plural } from '../parts/format'
import { useCatalog, useNodeRun, useRun, useShown } from '../state/hooks'
import { CurvePlot, curveBox } from './CurvePlot'
import { curveOf } from './curve'
import { PlacesPlot } from './PlacesPlot'
import { triedIn, triedInReport } from './tried'
import './search.css'

/**
 * A search as it goes, and afterwards: every candidate's loss, the best so far, and where candidates lie among what is searched. A run that took the search from an
 * earlier one was told no candidates: they are read from the report. Nothing for nodes that search nothing.
 */
export function SearchPlot({ node, report }: { node: string; report: OutputState | undefined }) {
  const all = useRun((view) => view.state.metrics)
  const run = useNodeRun(node)
  const told = triedIn(all, node)
  const kept = useOutput(told.length === 0 ? report : undefined)
  const names = useNumberNames(node)
  const [looked, setLooked] = useState<number>()
  const tried = told.length > 0 ? told : triedInReport(kept)
  // a search that can still get better shows how much of its budget is left
  const budget = run?.phase === 'running' ? (run.progress?.total ?? 0) : 0
  const curve = curveOf(tried, curveBox, budget)
  if (!curve) return null
  const { best, low, high, lost, isLog } = curve
  const seen = tried.find(({ step }) => step === looked)
  const parts = [
    `${plural(tried.length, 'candidate')}${budget > tried.length ? ` of ${budget}` : ''}`,
    `${best.name} ${formatNumber(low)} to ${formatNumber(high)}${isLog ? ' (logarithmic scale)' : ''}`,
    lost > 0 ? `${lost} could not be judged` : '',
  ].filter(Boolean)
  const caption = seen ? `Number ${candidateText(seen, names)}` : `${parts.join(', ')}. Best: number ${candidateText(best, names)}`
  return (
    <figure className="search-plot" data-testid="search-plot">
      <CurvePlot curve={curve} slots={Math.max(tried.length, budget)} says={parts.join(', ')} looked={looked} onLook={setLooked} />
      <figcaption>{caption}</figcaption>
      <PlacesPlot tried={tried} names={names} looked={looked} onLook={setLooked} />
    </figure>
  )
}

/** `15: loss 0.0142 at First specialist 0.8889, Second specialist 0.6169` */
const candidateText = ({ step, name, value, point = [] }: Metric, names: readonly string[]): string => {
  const numbers = point.length <= mostTold ? point.map((number, i) => [names[i], formatNumber(number)].filter(Boolean).join(' ')) : []
  return `${step}: ${name} ${formatNumber(value)}${numbers.length > 0 ? ` at ${numbers.join(', ')}` : ''}`
}
/** more numbers than these nobody reads in a line */
const mostTold = 6

/** What the numbers of a point are called, where each is the weight of a wire; empty where they have no name. */
function useNumberNames(id: string): readonly string[] {
  const specs = useCatalog((catalog) => catalog.specs)
  return useShown((graph) => {
    const node = Object.hasOwn(graph.nodes, id) ? graph.nodes[id] : undefined
    if (node?.type !== 'search-coefficients') return ''
    const sources = wireSources(graph, specs, id, 'models')
    const form = node.params.form ?? 'share'
    return (form === 'free' ? sources : form === 'share' ? sources.slice(0, 1) : []).join('\n')
  })
    .split('\n')
    .filter(Boolean)
}
