import { once } from 'node:events'
import { parentPort, Worker } from 'node:worker_threads'
import { TributaryError } from '../../shared/errors'
import { renderTemplate, type TemplateJob } from './chat-template'
import { flagsOf, type TemplateFlag } from './template-flags'

type Job = TemplateJob | { readonly inspect: string }
type Answer = { readonly text: string } | { readonly flags: readonly TemplateFlag[] } | { readonly error: string }

const limitMs = 2000
const maxTemplateBytes = 256 * 1024

/** The thread's side: one job at a time, in order. */
export function serveTemplates(): void {
  parentPort?.on('message', (job: Job) => {
    parentPort?.postMessage(answer(job))
  })
}

function answer(job: Job): Answer {
  try {
    if ('inspect' in job) return { flags: flagsOf(job.inspect) }
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

  /** What is odd about a template, told without running it. Throws `model-unsupported` where it is too long or cannot be read. */
  inspect(model: string, template: string): Promise<readonly TemplateFlag[]> {
    const turn = this.#last.then(async () => {
      const answer = await this.#tried(model, template, { inspect: template })
      if ('flags' in answer) return answer.flags
      throw bad(model, `cannot be read: ${'error' in answer ? answer.error.slice(0, 300) : ''}`)
    })
    this.#last = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = undefined
  }

  async #render(model: string, job: TemplateJob, maxCharacters: number): Promise<string> {
    const answer = await this.#tried(model, job.template, job)
    if ('error' in answer) throw bad(model, `refuses these messages: ${answer.error.slice(0, 300)}`)
    if (!('text' in answer)) throw new Error('the thread of the templates answered another question')
    if (answer.text.length > maxCharacters)
      throw bad(model, `made a prompt of ${answer.text.length} characters, more than its context can hold`)
    return answer.text
  }

  /** Within limits of size and time; what had to be stopped once is not tried again. */
  async #tried(model: string, template: string, job: Job): Promise<Answer> {
    if (Buffer.byteLength(template) > maxTemplateBytes) throw bad(model, 'is longer than 256 KiB')
    if (this.#bad.has(template)) throw bad(model, 'did not end within two seconds')
    const answer = await this.#ask(job)
    if (answer !== undefined) return answer
    this.#bad.add(template)
    throw bad(model, 'did not end within two seconds')
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(this.entry, { resourceLimits: { maxOldGenerationSizeMb: 256 } })
    worker.unref()
    await once(worker, 'online') // the two seconds are the template's, not the thread's start
    this.#worker = worker
    return worker
  }

  /** undefined: it had to be stopped */
  async #ask(job: Job): Promise<Answer | undefined> {
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
