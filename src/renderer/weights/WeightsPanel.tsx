import { useState } from 'react'
import type { WeightsReport } from '../../shared/weights-report'
import { useRoom } from '../panels/use-room'
import { formatBytes, formatCount, formatMs } from '../parts/format'
import { Empty, ProgressBar } from '../parts/parts'
import { useApp, useCatalog, useDocument, useFlow, useRun, useSession } from '../state/hooks'
import { startRun } from '../state/running'
import { useTitle } from '../tokens/TokensPanel'
import { Cosines } from './Cosines'
import { HeatMap } from './HeatMap'
import { type Figure, formatFigure, heatMap, isShare, offeredOf, overall, strongest } from './heat'
import { nodesWithWeights, surveyedNode } from './surveyed'
import { TensorDetail } from './TensorDetail'
import { useSurvey } from './weights-data'
import './weights.css'

/** What a merge does to the weights, before anything is written. */
export function WeightsPanel() {
  const selected = useFlow((flow) => flow.selectedNodes)
  const document = useDocument((state) => state.document)
  const run = useRun((view) => view.state)
  useRoom()
  const found = surveyedNode(document, run, selected)
  if (!found) return <NoWeights selected={selected} />
  return <Survey key={found.output.sha} node={found.node} sha={found.output.sha} />
}

/** Weights are recipes: running up to them reads and writes nothing. */
function NoWeights({ selected }: { selected: readonly string[] }) {
  const app = useApp()
  const session = useSession()
  const document = useDocument((state) => state.document)
  const specs = useCatalog((catalog) => catalog.specs)
  const gives = (type: string) => Object.values(specs.get(type)?.outputs ?? {}).some(({ wire }) => wire === 'weights')
  const all = nodesWithWeights(document, gives)
  const to = all.filter((id) => selected.includes(id))
  if (all.length === 0) return <Empty>Weights are seen where models are merged: add a Merger.</Empty>
  return (
    <Empty>
      <p>No weights have flowed yet. Running up to them only makes the recipe: no model is written.</p>
      <button type="button" className="btn" onClick={() => void startRun(app, session, { to: to.length > 0 ? to : all })}>
        Look before writing
      </button>
    </Empty>
  )
}

function Survey({ node, sha }: { node: string; sha: string }) {
  const { report, fraction, error, stopped, again, stop } = useSurvey(sha)
  const title = useTitle(node)
  if (report) return <Report title={title} sha={sha} report={report} />
  if (error !== undefined || stopped)
    return (
      <Empty>
        <p>{error ?? 'Stopped.'}</p>
        <button type="button" className="btn" onClick={again}>
          Look again
        </button>
      </Empty>
    )
  return (
    <Empty>
      <p>{`Reading the weights of ${title}…`}</p>
      <ProgressBar fraction={fraction} label="Reading weights" />
      <button type="button" className="btn small" onClick={stop}>
        Stop
      </button>
    </Empty>
  )
}

function Report({ title, sha, report }: { title: string; sha: string; report: WeightsReport }) {
  const [figure, setFigure] = useState<Figure>('change')
  const offered = offeredOf(report)
  const [chosenOf, setOf] = useState(offered.first)
  // the result has no coefficient of its own
  const of = figure === 'coefficient' ? Math.max(0, chosenOf) : chosenOf
  const [chosen, setChosen] = useState<string>()
  const [hovered, setHovered] = useState<string>()
  // walking with the keys goes on from what was chosen, wherever the pointer rests
  const choose = (tensor: string) => {
    setHovered(undefined)
    setChosen(tensor)
  }
  const shown = { figure, of }
  const map = heatMap(report, shown)
  const tensor = report.tensors.find(({ name }) => name === (hovered ?? chosen)) ?? strongest(report, shown)
  return (
    <div className="weights-panel" data-testid="weights-panel">
      <Summary title={title} report={report} />
      <div className="weights-body">
        <div className="weights-map">
          <div className="weights-choices">
            <fieldset className="segments" aria-label="What the map shows">
              {offered.figures.map((one) => (
                <button
                  key={one.figure}
                  type="button"
                  aria-pressed={figure === one.figure}
                  title={one.says}
                  onClick={() => setFigure(one.figure)}
                >
                  {one.figure === 'change' ? changeTitles[report.reference] : one.title}
                </button>
              ))}
            </fieldset>
            {report.models.length > 0 && figure !== 'conflicts' ? (
              <select className="field" aria-label="Of which weights" value={of} onChange={(event) => setOf(Number(event.target.value))}>
                {figure === 'coefficient' ? null : <option value={-1}>of the result</option>}
                {report.models.map((name, i) => (
                  <option key={name} value={i}>{`of ${name}`}</option>
                ))}
              </select>
            ) : null}
            <span className="heat-scale">
              0 <i aria-hidden /> {formatFigure(map.most, isShare(shown, report))}
            </span>
          </div>
          <p className="faint weights-how">
            {chosen === undefined && hovered === undefined && tensor ? `Most: ${tensor.name}. ` : ''}Point at a tensor, or walk with the
            arrow keys.
          </p>
          <HeatMap map={map} shown={shown} isShare={isShare(shown, report)} chosen={chosen} onChoose={choose} onHover={setHovered} />
        </div>
        {tensor ? <TensorDetail sha={sha} tensor={tensor} report={report} /> : null}
        {offered.cosines ? <Cosines {...report} /> : null}
        {report.reference === 'mean' ? (
          <p className="weights-hint faint">
            A method with a <b>base</b> (Task arithmetic, TIES, DARE) shows here what each model learnt, how alike that is, and where they
            pull apart.
          </p>
        ) : null}
      </div>
    </div>
  )
}

const changeTitles = { base: 'Change', mean: 'Distance', none: 'Size' } as const

const against = { base: 'measured against the base', mean: 'measured against the mean of the models', none: 'a model by itself' } as const

/** One line: what it is, what it reads, what it would weigh. */
function Summary({ title, report }: { title: string; report: WeightsReport }) {
  const size = (dtype: string): string => formatBytes(report.sizes.find((one) => one.dtype === dtype)?.bytes ?? 0)
  const [kept, half, eight] = [size('keep'), size('F16'), size('Q8_0')]
  return (
    <div className="weights-summary">
      <strong className="clip">{title}</strong>
      <span>{against[report.reference]}</span>
      <span>{formatCount(report.elements)} entries</span>
      {offeredOf(report).cosines ? (
        <span>
          {formatFigure(
            overall(report.tensors, ({ conflicts }) => conflicts),
            true,
          )}{' '}
          of them pulled both ways
        </span>
      ) : null}
      <span>
        read {formatBytes(report.readBytes)} in {formatMs(report.ms)}
      </span>
      <span>{report.isDelta ? 'a task vector, not a model' : `would write ${kept} as it is, ${half} as F16, ${eight} as Q8_0`}</span>
      {report.warnings.map((warning) => (
        <span key={warning} className="warn">
          {warning}
        </span>
      ))}
    </div>
  )
}
