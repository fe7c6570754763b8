import { RunHint } from './RunHint'
import { SwapBar } from './SwapBar'
import './hints.css'

/** One line over the canvas for what is worth a word: that the graph runs on toys, what to do next. Gone when nothing is to be said. */
export function NoticeBar() {
  return (
    <div className="notices">
      <SwapBar />
      <RunHint />
    </div>
  )
}
