import type { PullProgress } from '../../../shared/api'
import type { ErrorReport } from '../../../shared/errors'

/** Follows one pull and tells it to whoever listens: each change of state at once, bytes at most ten times a second. */
export class Meter {
  private current: PullProgress
  private toldAt = 0
  private later: NodeJS.Timeout | undefined
  private startedAt = performance.now()
  private startedBytes: number | undefined

  constructor(
    id: string,
    private readonly plannedBytes: number,
    private readonly tell: (progress: PullProgress) => void,
  ) {
    this.current = { id, state: 'waiting', doneBytes: 0, totalBytes: plannedBytes, source: '' }
  }

  progress(): PullProgress {
    return this.current
  }

  /** A new source begins: bytes of another one do not count for its speed. */
  source(title: string): void {
    this.startedBytes = undefined
    this.change({ state: 'waiting', source: title, doneBytes: 0, totalBytes: this.plannedBytes }, true)
  }

  state(state: PullProgress['state']): void {
    this.change({ state, doneBytes: this.current.totalBytes }, true)
  }

  bytes(done: number, total = this.plannedBytes): void {
    const now = performance.now()
    if (this.startedBytes === undefined) {
      this.startedBytes = done
      this.startedAt = now
    }
    const rate = (done - this.startedBytes) / Math.max(1, now - this.startedAt)
    const secondsLeft = rate > 0 ? Math.ceil((total - done) / rate / 1000) : undefined
    const isNew = this.current.state !== 'downloading'
    this.change({ state: 'downloading', doneBytes: done, totalBytes: total, ...(secondsLeft === undefined ? {} : { secondsLeft }) }, isNew)
  }

  end(state: 'done' | 'failed' | 'cancelled', error?: ErrorReport): void {
    this.change({ state, ...(state === 'failed' && error ? { error } : {}) }, true)
  }

  private change(changes: Partial<PullProgress>, atOnce: boolean): void {
    const { secondsLeft: _old, ...rest } = this.current
    this.current = { ...rest, ...changes }
    const wait = atOnce ? 0 : this.toldAt + 100 - performance.now()
    if (wait <= 0) this.tellNow()
    else this.later ??= setTimeout(() => this.tellNow(), wait).unref()
  }

  private tellNow(): void {
    clearTimeout(this.later)
    this.later = undefined
    this.toldAt = performance.now()
    this.tell(this.current)
  }
}
