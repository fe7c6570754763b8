import {
  AlertTriangle,
  Ban,
  Check,
  CircleDashed,
  CornerDownRight,
  Database,
  Loader,
  Pin,
  RotateCcw,
  SkipForward,
  Square,
} from 'lucide-react'
import { memo, type ReactNode, useState } from 'react'
import type { GraphNode } from '../../shared/graph/document'
import type { NodeSpec } from '../../shared/node-spec'
import { useIssues } from '../panels/problems'
import { FamilyGlyph } from '../parts/FamilyGlyph'
import { asSentence } from '../parts/format'
import { Tip } from '../parts/parts'
import { editTitle } from '../state/editing'
import { useApp, useNodeReason, useNodeStatus, useSession, useShown, useView } from '../state/hooks'
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
      <StatusBadge id={id} muted={node.muted === true} bypassed={node.bypassed === true} />
    </header>
  )
})

function PinSign({ id }: { id: string }) {
  const pinned = useShown((graph) => graph.ui.nodes[id]?.pinned === true)
  return pinned ? <Pin className="pin-sign" role="img" aria-label="pinned in its place" /> : null
}

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
  running: { icon: <Loader className="spin" />, word: 'running', tone: 'live' },
  done: { icon: <Check />, word: 'done', tone: 'good' },
  cached: { icon: <Database />, word: 'cached', tone: 'good' },
  skipped: { icon: <SkipForward />, word: 'skipped', tone: '' },
  failed: { icon: <AlertTriangle />, word: 'failed', tone: 'bad' },
  stopped: { icon: <Square />, word: 'stopped', tone: 'warn' },
  stale: { icon: <RotateCcw />, word: 'changed', tone: 'warn' },
}

const StatusBadge = memo(function StatusBadge({ id, muted, bypassed }: { id: string; muted: boolean; bypassed: boolean }) {
  const status = useNodeStatus(id)
  const reason = useNodeReason(id)
  const problem = useIssues(id)
  if (muted) return <Badge icon={<Ban />} word="muted" tone="" tip="This node and what needs it do not run (M)." />
  if (bypassed) return <Badge icon={<CornerDownRight />} word="bypassed" tone="" tip="Inputs pass to outputs of the same kind (B)." />
  const badge = badges[status]
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
