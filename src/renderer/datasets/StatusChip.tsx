import { AlertTriangle, Check, CircleDashed, Loader, Pause, Square } from 'lucide-react'
import type { ReactNode } from 'react'
import type { BatchStatus } from '../../shared/batch/cells'

const signs: Record<BatchStatus, { readonly icon: ReactNode; readonly tone: string; readonly word: string }> = {
  ready: { icon: <CircleDashed />, tone: '', word: 'not begun' },
  running: { icon: <Loader className="spin" />, tone: 'live', word: 'running' },
  paused: { icon: <Pause />, tone: 'warn', word: 'paused' },
  stopped: { icon: <Square />, tone: 'warn', word: 'stopped' },
  done: { icon: <Check />, tone: 'good', word: 'done' },
  failed: { icon: <AlertTriangle />, tone: 'bad', word: 'failed' },
}

export function StatusChip({ status, failed = 0 }: { status: BatchStatus; failed?: number }) {
  const sign = status === 'done' && failed > 0 ? { ...signs.failed, word: `done, ${failed} failed` } : signs[status]
  return (
    <span className={`chip ${sign.tone}`} data-testid="batch-status" data-status={status}>
      {sign.icon}
      {sign.word}
    </span>
  )
}
