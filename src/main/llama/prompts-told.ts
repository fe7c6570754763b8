import { createHash } from 'node:crypto'
import type { ModelEvent } from '../models/model'
import type { LoadedModel } from './loaded-model'

/** Tells the hash of each text that a model reads, once for each model. */
export function promptTeller(onEvent: (event: ModelEvent) => void): (model: LoadedModel, text: string) => void {
  const told = new Set<string>()
  return ({ id, native }, text) => {
    const sha256 = createHash('sha256').update(text).digest('hex')
    if (told.has(`${id} ${sha256}`)) return
    told.add(`${id} ${sha256}`)
    onEvent({ type: 'prompt', model: native.name, id, sha256, characters: text.length })
  }
}
