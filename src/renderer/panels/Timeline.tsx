import type { Segment } from '../../shared/run/fold'
import { formatMs } from '../parts/format'
import { Empty } from '../parts/parts'
import { selectOnly } from '../state/flow'
import { useApp, useCatalog, useDocument, useFlow, useRun, useSession } from '../state/hooks'

/** Who did what when: a lane a model, one for the processor; bars of loading, prompt, decoding, other work; cached ones hatched. */
export function Timeline() {
  const app = useApp()
  const session = useSession()
  const segments = useRun((run) => run.state.segments)
  const now = useRun((run) => run.state.t)
  const document = useDocument((state) => state.document)
  const specs = useCatalog((catalog) => catalog.specs)
  const selected = useFlow((flow) => flow.selectedNodes)
  if (segments.length === 0) return <Empty>Run the graph to see where its time goes.</Empty>
  const end = Math.max(now, ...segments.map((segment) => segment.end ?? 0), 1)
  const lanes = [...new Set(segments.map((segment) => segment.lane))]
  const nameOf = (id: string) => {
    const node = document.nodes[id.split('/')[0] ?? '']
    return node ? node.title || specs.get(node.type)?.title || id : id
  }
  const tickStep = niceStep(end / 6)
  const ticks = Array.from({ length: Math.floor(end / tickStep) + 1 }, (_, i) => i * tickStep)
  return (
    <div className="timeline" data-testid="timeline">
      <div className="timeline-legend">
        {(['load', 'prompt', 'decode', 'work', 'cached'] as const).map((kind) => (
          <span key={kind}>
            <i className={`bar-${kind}`} /> {kind}
          </span>
        ))}
      </div>
      <div className="timeline-grid">
        <div className="timeline-axis" aria-hidden>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / end) * 100}%` }}>
              {formatTick(tick)}
            </span>
          ))}
        </div>
        {lanes.map((lane) => {
          const here = segments.filter((segment) => segment.lane === lane)
          const rows = stack(here, end)
          return (
            <div key={lane} className="timeline-lane" style={{ height: 8 + rows.count * 22 }}>
              <span className="lane-name" title={lane}>
                {lane}
              </span>
              <div className="lane-bars">
                {here.map((segment, i) => {
                  const name = nameOf(segment.node)
                  const to = segment.end ?? end
                  const told = `${name}: ${segment.kind}, ${formatMs(to - segment.start)}`
                  return (
                    <button
                      key={`${segment.node} ${segment.kind} ${segment.start}`}
                      type="button"
                      className={`segment bar-${segment.kind} ${selected.includes(segment.node.split('/')[0] ?? '') ? 'is-selected' : ''}`}
                      title={told}
                      aria-label={told}
                      style={{
                        left: `${(segment.start / end) * 100}%`,
                        width: `max(3px, ${((to - segment.start) / end) * 100}%)`,
                        top: (rows.at[i] ?? 0) * 22 + 4,
                      }}
                      onClick={() => {
                        const id = segment.node.split('/')[0] ?? ''
                        selectOnly(session.flow, [id])
                        app.canvas?.fit([id])
                      }}
                    >
                      {name}
                    </button>
                  )
                })}
              </div>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** Bars that overlap stand in rows below each other. */
function stack(segments: readonly Segment[], now: number): { readonly at: readonly number[]; readonly count: number } {
  const ends: number[] = []
  const byNode = new Map<string, number>()
  const at = segments.map((segment) => {
    const kept = byNode.get(segment.node)
    const free = kept !== undefined && (ends[kept] ?? 0) <= segment.start ? kept : ends.findIndex((end) => end <= segment.start)
    const row = free < 0 ? ends.length : free
    ends[row] = segment.end ?? now
    byNode.set(segment.node, row)
    return row
  })
  return { at, count: Math.max(1, ends.length) }
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power * 10
}

const formatTick = (ms: number) => (ms === 0 ? '0' : ms >= 1000 ? `${Number((ms / 1000).toFixed(2))} s` : `${ms} ms`)
