import { SkipForward, StepForward } from 'lucide-react'
import { useStore } from 'zustand'
import type { HeldToken } from '../../shared/run/token-break'
import { keysIn, runCommand } from '../commands/registry'
import { Tip } from '../parts/parts'
import { chooseToken, chosenTokens, heldKey } from '../state/held'
import { useApp, useRun } from '../state/hooks'
import { endSign } from './fork'
import { shown } from './rows'
import { TokenDetail } from './TokenDetail'

/** A text that is held before a token: what is written so far, what would come next, and what each model held likely instead. */
export function HeldText({ path, title, reason, held }: { path: string; title: string; reason: string; held: HeldToken }) {
  const app = useApp()
  const run = useRun((view) => view.state.run)
  const key = heldKey(run, path, held.tokens)
  const choice = useStore(chosenTokens, (chosen) => chosen[key])
  const next = choice ?? held.token.text
  const isEnd = next === endSign
  return (
    <div className="tokens-panel" data-testid="held-text">
      <div className="tokens-bar">
        <p className="tokens-summary" role="status">
          <b>{`${title} is held before token ${held.tokens + 1}`}</b>
          <span>{reason}</span>
        </p>
        <Tip text="Writes the marked token and goes on" keys={keysIn(app, 'resume-run')[0]}>
          <button type="button" className="btn primary" data-testid="held-go-on" onClick={() => runCommand(app, 'resume-run')}>
            <SkipForward /> {isEnd ? 'End the text here' : `Go on with “${shown(next)}”`}
          </button>
        </Tip>
        <Tip text="Writes the marked token and pauses before the next one" keys={keysIn(app, 'step-run')[0]}>
          <button type="button" className="btn" data-testid="held-step" onClick={() => runCommand(app, 'step-run')}>
            <StepForward /> One token
          </button>
        </Tip>
      </div>
      <div className="tokens-body">
        <div className="token-branches held-so-far">
          {held.text === '' ? <span className="faint">Nothing is written yet. </span> : held.text}
          <mark data-testid="held-next" data-chosen={choice !== undefined}>
            {isEnd ? 'end of text' : shown(next)}
          </mark>
        </div>
        <TokenDetail
          outline={{ sources: held.sources, tokens: [held.token] }}
          index={0}
          number={held.tokens + 1}
          lists={held.lists}
          chosen={next}
          verb="Go on with"
          whyNot={(text) => (held.choices.includes(text) ? undefined : 'It is no single token of what is written here')}
          onFork={(text) => chooseToken(key, text)}
        />
      </div>
    </div>
  )
}
