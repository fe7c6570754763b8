import {
  AlertTriangle,
  Ban,
  Check,
  CircleDashed,
  CircleDot,
  CornerDownRight,
  Database,
  Diamond,
  Loader,
  Pause,
  Pin,
  RotateCcw,
  SkipForward,
  Square,
} from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { GraphNode } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import { useIssues } from '../panels/problems'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { asSentence } from '../parts/format'
import { Tip } from '../parts/parts'
import { hasBreakpoint, pinsOf } from '../state/control'
import { editTitle } from '../state/editing'
import { useApp, useNodeReason, useNodeRun, useNodeStatus, usePlace, useSession, useShown, useView } from '../state/hooks'
import type { NodeStatus } from '../state/run'
import { nameOf } from './NodeCard'

/** Icon, title (double-click or F2 to rename) and one badge: icon and word, never colour alone. */
export const CardHeader = memo(function CardHeader({ id, node, spec }: { id: string; node: GraphNode; spec: NodeSpec | undefined }) {
  const app = useApp()
  const session = useSession()
  const renaming = useView((view) => view.renaming === id)
  return (
    <header className="card-head">
      <span className="card-glyph" aria-hidden>
        {spec ? <FamilyGlyph spec={spec} /> : <CircleDashed />}
      </span>
      {renaming ? (
        <TitleField
          id={id}
          title={node.title ?? ''}
          placeholder={spec?.title ?? node.type}
          onDone={(title) => editTitle(app, session, id, title)}
        />
      ) : (
        <span className="card-title" title={spec ? `${nameOf(id, node, spec)} — ${spec.summary}` : node.type}>
          {nameOf(id, node, spec)}
        </span>
      )}
      <PinSign id={id} />
      <HoldMarks id={id} />
      <StatusBadge id={id} muted={node.muted === true} bypassed={node.bypassed === true} />
    </header>
  )
})

function PinSign({ id }: { id: string }) {
  const pinned = useShown((graph) => graph.ui.nodes[id]?.pinned === true)
  return pinned ? <Pin className="pin-sign" role="img" aria-label="pinned in its place" /> : null
}

/** What the person has set on the node: a breakpoint, a pin. */
const HoldMarks = memo(function HoldMarks({ id }: { id: string }) {
  const session = useSession()
  const place = usePlace() + id
  const breaks = useStore(session.control, (control) => hasBreakpoint(control, place))
  const pinned = useStore(session.control, (control) => pinsOf(control, place) !== undefined)
  return (
    <>
      {breaks ? (
        <Tip text="Breakpoint: a run pauses before this node (F9)" side="top">
          <span className="card-mark is-break" role="img" aria-label="breakpoint" data-testid={`breakpoint-${id}`}>
            <CircleDot />
          </span>
        </Tip>
      ) : null}
      {pinned ? (
        <Tip text="Pinned: runs take the pinned value instead of asking this node (Shift+P)" side="top">
          <span className="card-mark is-pin" role="img" aria-label="output pinned" data-testid={`pinned-${id}`}>
            <Diamond />
          </span>
        </Tip>
      ) : null}
    </>
  )
})

function TitleField({
  title,
  placeholder,
  onDone,
}: {
  id: string
  title: string
  placeholder: string
  onDone(title: string | undefined): void
}) {
  const [text, setText] = useState(title)
  return (
    <input
      className="title-field nodrag"
      aria-label="Title"
      value={text}
      placeholder={placeholder}
      ref={(element) => element?.focus()}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onDone(text)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') event.currentTarget.blur()
        if (event.key === 'Escape') onDone(undefined)
      }}
    />
  )
}

const badges: Record<NodeStatus, { readonly icon: ReactNode; readonly word: string; readonly tone: string } | undefined> = {
  idle: undefined,
  planned: { icon: <CircleDashed />, word: 'planned', tone: '' },
  queued: { icon: <Loader />, word: 'waiting', tone: '' },
  paused: { icon: <Pause />, word: 'paused', tone: 'warn' },
  running: { icon: <Loader className="spin" />, word: 'running', tone: 'live' },
  done: { icon: <Check />, word: 'done', tone: 'good' },
  cached: { icon: <Database />, word: 'cached', tone: 'good' },
  skipped: { icon: <SkipForward />, word: 'skipped', tone: '' },
  failed: { icon: <AlertTriangle />, word: 'failed', tone: 'bad' },
  stopped: { icon: <Square />, word: 'stopped', tone: 'warn' },
  stale: { icon: <RotateCcw />, word: 'changed', tone: 'warn' },
}

const pinnedBadge = { icon: <Diamond />, word: 'pinned', tone: 'warn' }

const StatusBadge = memo(function StatusBadge({ id, muted, bypassed }: { id: string; muted: boolean; bypassed: boolean }) {
  const status = useNodeStatus(id)
  const reason = useNodeReason(id)
  const problem = useIssues(id)
  const isPinned = useNodeRun(id)?.pinned !== undefined
  if (muted) return <Badge icon={<Ban />} word="muted" tone="" tip="This node and what needs it do not run (M)." />
  if (bypassed) return <Badge icon={<CornerDownRight />} word="bypassed" tone="" tip="Inputs pass to outputs of the same kind (B)." />
  const badge = isPinned && status === 'cached' ? pinnedBadge : badges[status]
  if (status !== 'running' && problem)
    return (
      <Badge
        icon={<AlertTriangle />}
        word="problem"
        tone={problem.severity === 'error' ? 'bad' : 'warn'}
        tip={asSentence(problem.message)}
      />
    )
  return badge ? <Badge {...badge} tip={reason ?? badge.word} /> : null
})

function Badge({ icon, word, tone, tip }: { icon: ReactNode; word: string; tone: string; tip: string }) {
  return (
    <Tip text={tip} side="top">
      <span className={`chip ${tone}`} data-testid="badge">
        {icon}
        {word}
      </span>
    </Tip>
  )
}
