import { Transform } from 'node:stream'

/** Lets a stream through once `judge` has seen its first bytes (`count`, or all of a shorter one). What it throws ends the stream before a byte has passed. */
export function judgedByFirstBytes(count: number, judge: (head: Uint8Array) => void): Transform {
  let held: Buffer | undefined = Buffer.alloc(0)
  /** what was held back, once; undefined where it was judged before */
  const judged = (): Buffer | undefined => {
    const head = held
    if (head) judge(head)
    held = undefined
    return head
  }
  const passing = (done: (error: Error | null, bytes?: Buffer) => void, bytes: () => Buffer | undefined): void => {
    try {
      done(null, bytes())
    } catch (refusal) {
      done(refusal as Error)
    }
  }
  return new Transform({
    transform(chunk: Buffer | string, _, done) {
      const bytes = Buffer.from(chunk as Buffer)
      if (held === undefined) return done(null, bytes)
      held = Buffer.concat([held, bytes])
      passing(done, () => (held && held.length < count ? undefined : judged()))
    },
    flush(done) {
      passing(done, judged)
    },
  })
}
