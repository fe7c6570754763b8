import Markdown from 'react-markdown'
import { safeMarkdown } from '../canvas/safe-markdown'

export function MarkdownText({ text }: { text: string }) {
  return (
    <div className="prose">
      <Markdown components={safeMarkdown}>{text}</Markdown>
    </div>
  )
}
