import { Copy } from 'lucide-react'
import { Tip } from '../parts/parts'
import { useApp } from '../state/hooks'
import { toast, toastError } from '../state/view'

/** A hash: its first letters, the whole of it under the pointer and, at a press, on the clipboard. */
export function Sha256({ text }: { text: string }) {
  const { view } = useApp()
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast(view, 'good', 'Copied.'),
      (error) => toastError(view, error),
    )
  return (
    <span className="sha-copy">
      <span className="mono" title={text}>{`${text.slice(0, 12)}…`}</span>
      <Tip text="Copy the SHA-256">
        <button type="button" className="btn quiet icon small" aria-label="Copy the SHA-256" onClick={() => void copy()}>
          <Copy />
        </button>
      </Tip>
    </span>
  )
}
