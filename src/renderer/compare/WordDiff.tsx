import { diffWordsWithSpace } from 'diff'
import { useMemo } from 'react'

/** Texts longer than this are shown without marks: comparing them word by word would take too long for a page that is drawn. */
const longest = 20_000

/** A text against another: what is new is underlined and in bold, what is missing is struck through; colour only adds to that. Code keeps the width of its letters. */
export function WordDiff({ base, text, isCode = false }: { base: string | undefined; text: string; isCode?: boolean }) {
  const parts = useMemo(
    () => (base === undefined || base === text || base.length + text.length > longest ? undefined : diffWordsWithSpace(base, text)),
    [base, text],
  )
  const className = isCode ? 'word-diff mono' : 'word-diff'
  if (!parts) return <div className={className}>{text}</div>
  let at = 0
  return (
    <div className={className} data-testid="word-diff">
      {parts.map((part) => {
        at += part.value.length
        const key = `${at}${part.added ? '+' : part.removed ? '-' : ''}`
        if (part.added) return <ins key={key}>{part.value}</ins>
        return part.removed ? <del key={key}>{part.value}</del> : <span key={key}>{part.value}</span>
      })}
    </div>
  )
}
