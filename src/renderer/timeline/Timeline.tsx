import { Pause, Play, Route } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { criticalPath } from '../../shared/run/critical-path'
import type { Segment } from '../../shared/run/fold'
import { useCompared } from '../compare/use-compared'
import { useRuns } from '../panels/use-runs'
import { formatAgo, formatMs } from '../parts/format'
import { Empty } from '../parts/parts'
import { selectOnly } from '../state/flow'
import { useApp, useCatalog, useDocument, useFlow, useRun, useSession } from '../state/hooks'
import { showRunPath } from '../state/places'
import { formatTick, type Lane, lanesOf, ticksOf } from './lanes'
import { endScrub, play, scrubTo } from './scrubbing'
import './timeline.css'

const kinds = ['wait', 'load', 'prompt', 'decode', 'work', 'cached'] as const

/**
 * Who did what when: a lane for each model and one for the processor; bars of waiting, loading, prompt, decoding and other work, cached ones hatched.
 * A handle moves through the run, and the canvas shows it as it was then. Another run can be laid under this one.
 */
export function Timeline() {
  const session = useSession()
  const whole = useRun((run) => run.whole ?? run.state)
  const document = useDocument((state) => state.document)
  const [isCritical, setCritical] = useState(false)
  const [other, setOther] = useState('')
  const [under] = useCompared(other === '' ? [] : [other])
  const lasts = whole.segments.map((segment) => segment.end ?? 0)
  const otherEnds = under?.state.segments.map((segment) => segment.end ?? 0) ?? []
  const end = Math.max(whole.t, ...lasts, ...otherEnds, 1)
  const lanes = useMemo(() => lanesOf(whole.segments, document, end), [whole.segments, document, end])
  const underLanes = useMemo(() => (under ? lanesOf(under.state.segments, under.document, end) : []), [under, end])
  const path = useMemo(() => (isCritical ? criticalPath(document, whole) : undefined), [isCritical, document, whole])
  useEffect(() => () => endScrub(session), [session])
  if (whole.segments.length === 0) return <Empty>Run the graph to see where its time goes.</Empty>
  const togglePath = () => {
    setCritical(!isCritical)
    if (!isCritical) selectOnly(session.flow, criticalPath(document, whole).nodes)
  }
  return (
    <div className="timeline" data-testid="timeline">
      <div className="timeline-bar">
        <Player end={Math.max(whole.t, ...lasts, 1)} />
        <button type="button" className="btn small" aria-pressed={isCritical} data-testid="critical-path" onClick={togglePath}>
          <Route /> Critical path
        </button>
        {path ? <span className="faint">{`${path.nodes.length} nodes decide ${formatMs(path.ms)} of ${formatMs(whole.t)}`}</span> : null}
        <OverlayChoice value={other} onChange={setOther} />
        <span className="timeline-legend">
          {kinds.map((kind) => (
            <span key={kind}>
              <i className={`bar-${kind}`} /> {kind}
            </span>
          ))}
        </span>
      </div>
      <Grid lanes={lanes} under={underLanes} end={end} path={path?.nodes} />
    </div>
  )
}

/** A tick further right has no room for its words. */
const lastTick = 0.94

function Grid({
  lanes,
  under,
  end,
  path,
}: {
  lanes: readonly Lane[]
  under: readonly Lane[]
  end: number
  path: readonly string[] | undefined
}) {
  const names = [...new Set([...lanes, ...under].map(({ name }) => name))]
  return (
    <div className="timeline-grid">
      <div className="timeline-axis" aria-hidden>
        {ticksOf(end)
          .filter((tick) => tick < lastTick * end)
          .map((tick) => (
            <span key={tick} style={{ left: `${(tick / end) * 100}%` }}>
              {formatTick(tick)}
            </span>
          ))}
      </div>
      <Cursor end={end} />
      {names.map((name) => {
        const lane = lanes.find((candidate) => candidate.name === name)
        const below = under.find((candidate) => candidate.name === name)
        const rows = lane?.rows ?? 0
        return (
          <div key={name} className="timeline-lane" style={{ height: 8 + rows * 22 + (below ? below.rows * 12 + 2 : 0) }}>
            <span className="lane-name" title={name}>
              {name}
            </span>
            <div className="lane-bars">
              {lane?.bars.map(({ segment, row }) => (
                <SegmentBar key={keyOf(segment)} segment={segment} top={row * 22 + 4} end={end} path={path} />
              ))}
              {below?.bars.map(({ segment, row }) => (
                <i
                  key={keyOf(segment)}
                  className={`segment-under bar-${segment.kind}`}
                  title={`the other run: ${segment.node}, ${segment.kind}, ${formatMs((segment.end ?? end) - segment.start)}`}
                  style={{ ...placeOf(segment, end), top: rows * 22 + 6 + row * 12 }}
                />
              ))}
            </div>
          </div>
        )
      })}
    </div>
  )
}

const keyOf = (segment: Segment): string => `${segment.node} ${segment.kind} ${segment.start}`
const placeOf = (segment: Segment, end: number) => ({
  left: `${(segment.start / end) * 100}%`,
  width: `max(3px, ${(((segment.end ?? end) - segment.start) / end) * 100}%)`,
})

function SegmentBar({ segment, top, end, path }: { segment: Segment; top: number; end: number; path: readonly string[] | undefined }) {
  const app = useApp()
  const session = useSession()
  const specs = useCatalog((catalog) => catalog.specs)
  const id = segment.node.split('/')[0] ?? ''
  const node = useDocument((state) => state.document.nodes[id])
  const isSelected = useFlow((flow) => flow.selectedNodes.includes(id))
  const name = node ? node.title || specs.get(node.type)?.title || id : id
  const told = `${name}: ${segment.kind}, ${formatMs((segment.end ?? end) - segment.start)}`
  const classes = [
    'segment',
    `bar-${segment.kind}`,
    isSelected ? 'is-selected' : '',
    path && !path.includes(id) ? 'is-aside' : '',
    path?.includes(id) ? 'is-critical' : '',
  ]
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      title={told}
      aria-label={told}
      style={{ ...placeOf(segment, end), top }}
      onClick={() => {
        showRunPath(app, session, id)
      }}
    >
      <span>{name}</span>
    </button>
  )
}

/** Where the handle stands, as a line through the lanes. */
function Cursor({ end }: { end: number }) {
  const at = useRun((run) => run.moment)
  if (at === undefined) return null
  return (
    <div className="timeline-cursor" aria-hidden>
      <i style={{ left: `${Math.min(100, (at / end) * 100)}%` }} />
    </div>
  )
}

/** Plays the run on the canvas, or shows it at any moment. */
function Player({ end }: { end: number }) {
  const app = useApp()
  const session = useSession()
  const live = useRun((run) => run.live)
  const at = useRun((run) => run.moment)
  const [playing, setPlaying] = useState(false)
  const stop = useRef<() => void>(undefined)
  useEffect(() => () => stop.current?.(), [])
  const toggle = () => {
    if (playing) {
      stop.current?.()
      setPlaying(false)
      return
    }
    setPlaying(true)
    stop.current = play(app, session, at === undefined || at >= end ? 0 : at, end, () => setPlaying(false))
  }
  const move = (t: number) => {
    stop.current?.()
    setPlaying(false)
    if (t >= end) endScrub(session)
    else void scrubTo(app, session, t)
  }
  return (
    <span className="timeline-player">
      <button
        type="button"
        className="btn small icon"
        aria-label={playing ? 'Pause' : 'Play this run on the canvas'}
        disabled={live}
        onClick={toggle}
      >
        {playing ? <Pause /> : <Play />}
      </button>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={formatMs(at ?? end)}
        data-testid="scrubber"
        disabled={live}
        min={0}
        max={Math.ceil(end)}
        step={1}
        value={Math.round(at ?? end)}
        onChange={(event) => move(Number(event.target.value))}
      />
      <span className="mono faint timeline-moment">{at === undefined ? 'whole run' : formatTick(Math.round(at))}</span>
    </span>
  )
}

function OverlayChoice({ value, onChange }: { value: string; onChange(next: string): void }) {
  const session = useSession()
  const shown = useRun((run) => run.id)
  const { runs = [] } = useRuns(session.id, '')
  const others = runs.filter(({ id }) => id !== shown).slice(0, 40)
  if (others.length === 0) return null
  return (
    <select
      className="field timeline-under"
      aria-label="Lay another run under it"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">Lay a run under it…</option>
      {others.map((card) => (
        <option key={card.id} value={card.id}>
          {`${card.variant ? `${card.variant.label} · ` : ''}${formatAgo(card.startedAt, Date.now())} · ${formatMs(card.wallMs)}`}
        </option>
      ))}
    </select>
  )
}
