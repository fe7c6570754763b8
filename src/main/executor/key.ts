import { hash } from 'node:crypto'
import type { KeyParts } from '../../shared/graph/content-key'
import { canonicalJson } from '../../shared/json'

export interface Key {
  /** equal to `contentKey(parts)`, by Node's faster hash */
  readonly key: string
  readonly parts: KeyParts
  /** canonical text of the parts */
  readonly text: string
}

export function keyOf(parts: KeyParts): Key {
  const text = canonicalJson(parts)
  return { key: hash('sha256', text, 'hex'), parts, text }
}
