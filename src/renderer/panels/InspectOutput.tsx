import { Maximize2 } from 'lucide-react'
import { nameEnd } from '../../shared/graph/name-end'
import { titleIn } from '../../shared/names'
import type { OutputState } from '../../shared/run/fold'
import { wireKinds } from '../../shared/wire'
import { formatBytes } from '../parts/format'
import { Empty, Tip } from '../parts/parts'
import { LinePlot } from '../search/LinePlot'
import { SearchPlot } from '../search/SearchPlot'
import { useApp, useNodeRun, useSession, useSpecOf } from '../state/hooks'
import { shownIn } from '../state/session'
import { AfterMerge } from '../weights/AfterMerge'
import { CausedBy } from './CausedBy'
import { KeysOf } from './KeysOf'
import { OutputValue } from './OutputValue'
import { PinnedOutputs } from './PinnedOutputs'

/** What came out, each output in its viewer; while the node works, its text as it comes. */
export function InspectOutput({ id }: { id: string }) {
  const app = useApp()
  const run = useNodeRun(id)
  const spec = useSpecOf(id)
  const session = useSession()
  if (!run)
    return (
      <>
        <PinnedOutputs id={id} />
        <Empty>
          <p>
            This node has not run yet. <KeysOf command="run" /> runs the graph.
          </p>
        </Empty>
      </>
    )
  const outputs = Object.entries(run.outputs)
  return (
    <>
      <PinnedOutputs id={id} />
      {run.error ? (
        <div className="error-box" role="alert">
          <p>{run.error.message}</p>
          {run.error.hint ? <p className="faint">{run.error.hint}</p> : null}
          <CausedBy error={run.error} />
        </div>
      ) : null}
      {run.warnings.map((warning) => (
        <p key={warning} className="warn-box">
          {warning}
        </p>
      ))}
      {run.phase === 'running' && run.text !== '' ? <div className="value-text is-live">{run.text}</div> : null}
      <SearchPlot node={id} report={run.outputs.report} />
      <LinePlot node={id} report={run.outputs.report} />
      {outputs.map(([port, output]) => (
        <section key={port} className="in-wire" data-family={wireKinds[output.kind].family}>
          <div className="param-head">
            <i className="glyph" data-family={wireKinds[output.kind].family} aria-hidden />
            <span className="param-name">{titleIn(spec, 'outputs', port)}</span>
            <span className="faint">{describeOutput(output)}</span>
            <Tip text="Read it large">
              <button
                type="button"
                className="btn quiet icon small"
                aria-label={`Read ${titleIn(spec, 'outputs', port)} large`}
                onClick={() =>
                  app.view.setState({
                    overlay: {
                      type: 'value',
                      title: nameEnd(`${id}.${port}`, 'outputs', shownIn(session), app.catalog.getState().specs),
                      node: id,
                      output,
                    },
                  })
                }
              >
                <Maximize2 />
              </button>
            </Tip>
          </div>
          <OutputValue output={output} node={id} />
          {output.kind === 'model' && !output.list ? <AfterMerge output={output} /> : null}
        </section>
      ))}
      {outputs.length === 0 && run.phase === 'running' && run.text === '' ? <Empty>At work…</Empty> : null}
      {outputs.length === 0 && run.phase !== 'running' && !run.error ? (
        <Empty>{run.phase === 'stopped' ? 'Stopped before anything came out.' : 'Nothing came out.'}</Empty>
      ) : null}
    </>
  )
}

/** What it is and how much. A model's own size stands with the model: what flows is only its name. */
function describeOutput({ kind, list, sizeBytes }: OutputState): string {
  const what = `${wireKinds[kind].title}${list ? ', a list' : ''}`
  return wireKinds[kind].family === 'text' ? `${what} · ${formatBytes(sizeBytes)}` : what
}
