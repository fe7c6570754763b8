import {
  AlertTriangle,
  Ban,
  Check,
  CircleDashed,
  CircleDotDashed,
  CornerDownRight,
  Database,
  Diamond,
  Hand,
  Loader,
  Pause,
  RotateCcw,
  SkipForward,
  Square,
} from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { isIncomplete, type Severity } from '../../shared/graph/issue'
import { useIssues } from '../panels/problems'
import { asSentence } from '../parts/format'
import { Tip } from '../parts/parts'
import { useNodeReason, useNodeRun, useNodeStatus } from '../state/hooks'
import type { NodeStatus } from '../state/run'

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
/** A person chose a token of its text: it is not what the graph alone gives. */
const guidedBadge = { icon: <Hand />, word: 'by hand', tone: 'warn' } as const

/** A node that was just put down is not wrong: something is still to come. */
const incompleteBadge = { icon: <CircleDotDashed />, word: 'incomplete', tone: 'warn' } as const
const problemBadge = (severity: Severity) => ({ icon: <AlertTriangle />, word: 'problem', tone: severity === 'error' ? 'bad' : 'warn' })

interface BadgeProps {
  readonly id: string
  readonly muted: boolean
  readonly bypassed: boolean
  /** from afar the icon stands alone, and its word is in its title */
  readonly small?: boolean
}

/** What a node's state is: one icon and one word. */
export const StatusBadge = memo(function StatusBadge({ id, muted, bypassed, small = false }: BadgeProps) {
  const status = useNodeStatus(id)
  const reason = useNodeReason(id)
  const problem = useIssues(id)
  const run = useNodeRun(id)
  const isPinned = run?.pinned !== undefined
  if (muted) return <Badge small={small} icon={<Ban />} word="muted" tone="" tip="This node and what needs it do not run (M)." />
  if (bypassed)
    return <Badge small={small} icon={<CornerDownRight />} word="bypassed" tone="" tip="Inputs pass to outputs of the same kind (B)." />
  const badge =
    isPinned && status === 'cached' ? pinnedBadge : run?.guided && (status === 'done' || status === 'stale') ? guidedBadge : badges[status]
  if (status !== 'running' && problem) {
    const shown = isIncomplete(problem) ? incompleteBadge : problemBadge(problem.severity)
    return <Badge small={small} {...shown} tip={asSentence(problem.message)} />
  }
  return badge ? <Badge {...badge} small={small} tip={reason ?? badge.word} /> : null
})

interface Shown {
  readonly icon: ReactNode
  readonly word: string
  readonly tone: string
  readonly tip: string
  readonly small: boolean
}

function Badge({ icon, word, tone, tip, small }: Shown) {
  if (small)
    return (
      <span className={`chip ${tone}`} data-word={word} data-testid="badge" role="img" aria-label={word} title={tip}>
        {icon}
      </span>
    )
  return (
    <Tip text={tip} side="top">
      <span className={`chip ${tone}`} data-word={word} data-testid="badge">
        {icon}
        {word}
      </span>
    </Tip>
  )
}
