import { once } from 'node:events'
import { parentPort, Worker } from 'node:worker_threads'
import { TributaryError } from '../../shared/errors'
import { renderTemplate, type TemplateJob } from './chat-template'

type Answer = { readonly text: string } | { readonly error: string }

const limitMs = 2000
const maxTemplateBytes = 256 * 1024

/** The thread's side: one job at a time, in order. */
export function serveTemplates(): void {
  parentPort?.on('message', (job: TemplateJob) => {
    parentPort?.postMessage(answer(job))
  })
}

function answer(job: TemplateJob): Answer {
  try {
    return { text: renderTemplate(job) }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * Renders chat templates, which come out of model files and are programs, in a thread that is stopped after two seconds. A template that had to be
 * stopped is not tried again. `entry` is a script that calls `serveTemplates` in a worker thread.
 */
export class TemplateRenderer {
  readonly #bad = new Set<string>()
  #worker: Worker | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(readonly entry: string) {}

  /** Throws `model-unsupported`: the template is too long, does not end, or refuses these messages. */
  render(model: string, job: TemplateJob, maxCharacters: number): Promise<string> {
    const turn = this.#last.then(() => this.#render(model, job, maxCharacters))
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  async #render(model: string, job: TemplateJob, maxCharacters: number): Promise<string> {
    const { template } = job
    if (template !== null && Buffer.byteLength(template) > maxTemplateBytes) throw bad(model, 'is longer than 256 KiB')
    if (template !== null && this.#bad.has(template)) throw bad(model, 'did not end within two seconds')
    const answer = await this.#ask(job)
    if (answer === undefined) {
      if (template !== null) this.#bad.add(template)
      throw bad(model, 'did not end within two seconds')
    }
    if ('error' in answer) throw bad(model, `refuses these messages: ${answer.error.slice(0, 300)}`)
    if (answer.text.length > maxCharacters)
      throw bad(model, `made a prompt of ${answer.text.length} characters, more than its context can hold`)
    return answer.text
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(this.entry, { resourceLimits: { maxOldGenerationSizeMb: 256 } })
    worker.unref()
    await once(worker, 'online') // the two seconds are the template's, not the thread's start
    this.#worker = worker
    return worker
  }

  /** undefined: it had to be stopped */
  async #ask(job: TemplateJob): Promise<Answer | undefined> {
    const worker = this.#worker ?? (await this.#start())
    return new Promise((resolve) => {
      const settle = (answer: Answer | undefined): void => {
        clearTimeout(timer)
        worker.off('message', settle).off('error', onError)
        if (answer === undefined) {
          this.#worker = undefined
          void worker.terminate()
        }
        resolve(answer)
      }
      const onError = (): void => settle(undefined)
      const timer = setTimeout(onError, limitMs)
      worker.on('message', settle).on('error', onError)
      worker.postMessage(job)
    })
  }
}

const bad = (model: string, what: string): TributaryError =>
  new TributaryError('model-unsupported', `The chat template of "${model}" ${what}.`, {
    hint: 'Give the model a prompt as plain text instead of messages, or use another file of this model.',
  })
