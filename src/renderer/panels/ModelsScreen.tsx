import {
  Boxes,
  Check,
  Download,
  MessageCircleQuestion,
  MessagesSquare,
  MoreHorizontal,
  Search,
  ShieldCheck,
  Trash2,
  Upload,
  Workflow,
  X,
} from 'lucide-react'
import { useState } from 'react'
import type { ModelCard } from '../../shared/api'
import type { ModelNeed } from '../../shared/node-spec'
import { chooseFile } from '../parts/files'
import { formatBytes, formatCount, formatMs } from '../parts/format'
import { DropMenu, Empty, ProgressBar, Tip } from '../parts/parts'
import { openRecipe } from '../state/app'
import { askModels } from '../state/ask-models'
import { useApp, useCatalog } from '../state/hooks'
import { toast, toastError } from '../state/view'
import { CompatibilityMatrix } from './CompatibilityMatrix'
import { LoadedModels } from './LoadedModels'
import { search } from './search'
import { WatchedFolders } from './WatchedFolders'
import './screens.css'

/** What a model is good for, in words. */
const needTexts: { readonly [need in ModelNeed]: string } = {
  text: 'writes text',
  distribution: 'mixes token by token',
  weights: 'merges',
  embeddings: 'embeds',
  entailment: 'checks claims',
  relevance: 'ranks passages',
  comparison: 'compares answers',
}

/** The library: what is here, what can be fetched, what fits what. Models are known by their content, never by their path. */
export function ModelsScreen() {
  const app = useApp()
  const models = useCatalog((catalog) => catalog.models)
  const [query, setQuery] = useState('')
  const [side, setSide] = useState<'cards' | 'matrix'>('cards')
  const found = search(models, query, (card) => ({
    title: card.name,
    words: [card.architecture, card.quantization, card.catalog ?? '', ...card.goodFor, ...card.goodFor.map((need) => needTexts[need])],
    summary: card.description,
  }))
  const here = found.filter((card) => card.state !== 'absent' && !card.toy)
  const absent = found.filter((card) => card.state === 'absent' || card.state === 'pulling')
  const toys = found.filter((card) => card.toy)
  const add = async () => {
    try {
      if (!app.house.upload) await app.client.call('models.pick')
      else {
        const file = await chooseFile('.gguf,.safetensors')
        if (!file) return
        toast(app.view, 'info', `Taking in ${file.name}…`)
        await app.house.upload(file, 'model')
      }
      app.catalog.setState({ models: await app.client.call('models.list') })
    } catch (error) {
      toastError(app.view, error)
    }
  }
  return (
    <section
      aria-label="Models"
      className="screen"
      data-testid="models-screen"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        const [file] = event.dataTransfer.files
        if (file && app.house.upload)
          app.house
            .upload(file, 'model')
            .then(() => app.client.call('models.list'))
            .then((list) => app.catalog.setState({ models: list }))
            .catch((error) => toastError(app.view, error))
      }}
    >
      <header className="screen-head">
        <div>
          <h1>Models</h1>
          <p className="faint">Known by their content: SHA-256, architecture and vocabulary. Drop a GGUF anywhere here to add it.</p>
        </div>
        <div className="side-search">
          <Search aria-hidden />
          <input
            className="field"
            aria-label="Find a model"
            placeholder="Find a model…"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
          />
        </div>
        <div className="segments" role="tablist" aria-label="View">
          <button type="button" role="tab" aria-selected={side === 'cards'} onClick={() => setSide('cards')}>
            Library
          </button>
          <button type="button" role="tab" aria-selected={side === 'matrix'} onClick={() => setSide('matrix')}>
            What fits what
          </button>
        </div>
        <button type="button" className="btn" data-testid="add-model" onClick={() => void add()}>
          <Upload /> Add a file
        </button>
      </header>
      {side === 'matrix' ? (
        <CompatibilityMatrix cards={found} />
      ) : (
        <>
          <LoadedModels />
          <Shelf title="On this machine" cards={here} empty="No model of your own yet." />
          <WatchedFolders />
          <Shelf title="Can be downloaded" cards={absent} />
          <Shelf
            title="Toys, built in"
            note="A few megabytes each, made for demonstrations and tests: they run at once and know next to nothing."
            cards={toys}
          />
        </>
      )}
    </section>
  )
}

function Shelf({ title, note, cards, empty }: { title: string; note?: string; cards: readonly ModelCard[]; empty?: string }) {
  if (cards.length === 0 && !empty) return null
  return (
    <section className="home-section">
      <h2 className="family-head">{title}</h2>
      {note ? <p className="faint">{note}</p> : null}
      {cards.length === 0 ? <Empty icon={<Boxes />}>{empty}</Empty> : null}
      <div className="model-grid">
        {cards.map((card) => (
          <ModelTile key={card.sha256 ?? card.catalog ?? card.name} card={card} />
        ))}
      </div>
    </section>
  )
}

function ModelTile({ card }: { card: ModelCard }) {
  const app = useApp()
  const id = card.catalog ?? ''
  const pull = useCatalog((catalog) => (id ? catalog.pulls[id] : undefined))
  const [check, setCheck] = useState<'checking' | 'good' | 'bad'>()
  const report = (error: unknown) => toastError(app.view, error)
  const verify = () => {
    if (!card.sha256) return
    setCheck('checking')
    app.client.call('models.verify', { sha256: card.sha256 }).then(
      ({ ok }) => setCheck(ok ? 'good' : 'bad'),
      (error) => {
        setCheck(undefined)
        report(error)
      },
    )
  }
  const facts = [
    card.architecture,
    card.parameters,
    card.quantization,
    card.contextTokens ? `${formatCount(card.contextTokens)} tokens of context` : '',
    card.vocabularySize ? `${formatCount(card.vocabularySize)} in its vocabulary` : '',
  ]
  return (
    <article className="model-card" data-testid={`model-${card.catalog ?? card.sha256}`} data-state={card.state}>
      <header>
        <h3 title={card.name}>{card.name}</h3>
        {card.state === 'present' ? null : (
          <span className={card.state === 'corrupt' || card.state === 'missing' ? 'chip bad' : 'chip'}>
            {card.state === 'absent' ? 'not here' : card.state}
          </span>
        )}
        {card.toy ? <span className="chip">toy</span> : null}
        {card.asksFirst ? (
          <span className="chip" title="It came from a file and was never loaded here: the first run asks.">
            asks first
          </span>
        ) : null}
        {card.state === 'present' && card.goodFor.includes('text') ? (
          <Tip text="Ask it">
            <button
              type="button"
              className="btn quiet icon small"
              aria-label={`Ask ${card.name}`}
              onClick={() => void askModels(app, [card])}
            >
              <MessageCircleQuestion />
            </button>
          </Tip>
        ) : null}
        {card.sha256 && !card.toy ? (
          <DropMenu
            label={card.name}
            trigger={
              <button type="button" className="btn quiet icon small" aria-label={`More about ${card.name}`}>
                <MoreHorizontal />
              </button>
            }
            entries={[
              ...(card.recipe === undefined
                ? []
                : [{ id: 'recipe', label: 'Open recipe', icon: <Workflow />, onSelect: () => void openRecipe(app, card.sha256 ?? '') }]),
              ...(card.asksFirst
                ? [
                    {
                      id: 'accept',
                      label: 'Trust it: load without a question',
                      icon: <Check />,
                      onSelect: () => void app.client.call('models.accept', { sha256: [card.sha256 ?? ''] }).catch(report),
                    },
                  ]
                : []),
              ...(card.hasChatTemplate
                ? [
                    {
                      id: 'template',
                      label: 'Chat template',
                      icon: <MessagesSquare />,
                      onSelect: () => app.view.setState({ overlay: { type: 'template', model: card } }),
                    },
                  ]
                : []),
              { id: 'verify', label: 'Verify the file', icon: <ShieldCheck />, onSelect: verify },
              {
                id: 'remove',
                label: 'Remove from the library',
                icon: <Trash2 />,
                danger: true,
                separated: true,
                onSelect: () => void app.client.call('models.remove', { sha256: card.sha256 ?? '' }).catch(report),
              },
            ]}
          />
        ) : null}
      </header>
      <p className="model-text">{card.description}</p>
      <p className="model-facts">{facts.filter(Boolean).join(' · ')}</p>
      <p className="model-facts">
        {formatBytes(card.sizeBytes)} · {card.licence}
        {card.measured
          ? ` · loads in ${formatMs(card.measured.loadMs)}, takes ${formatBytes(card.measured.memoryBytes)}${card.measured.tokensPerSecond ? `, ${Math.round(card.measured.tokensPerSecond)} tok/s` : ''}`
          : ''}
      </p>
      <p className="model-chips">
        {card.goodFor.map((need) => (
          <span key={need} className="chip">
            {needTexts[need]}
          </span>
        ))}
        {check ? (
          <span className={`chip ${check === 'good' ? 'good' : check === 'bad' ? 'bad' : 'live'}`}>
            {check === 'checking' ? 'reading the file…' : check === 'good' ? 'content verified' : 'content differs'}
          </span>
        ) : null}
      </p>
      {card.error ? <p className="error-box">{card.error.message}</p> : null}
      {card.sha256 ? (
        <p className="mono faint sha" title={card.sha256}>
          {`sha256 ${card.sha256.slice(0, 12)}…${card.vocabulary ? ` · vocabulary ${card.vocabulary.slice(0, 10)}` : ''}`}
        </p>
      ) : null}
      {card.usedBy.length > 0 ? <p className="faint">{`used by ${card.usedBy.join(', ')}`}</p> : null}
      {pull && pull.state !== 'failed' ? (
        <div className="pull" data-testid={`pull-${id}`}>
          <ProgressBar fraction={pull.totalBytes > 0 ? pull.doneBytes / pull.totalBytes : undefined} label={`Downloading ${card.name}`} />
          <p>
            <span>{`${pull.state} · ${formatBytes(pull.doneBytes)} of ${formatBytes(pull.totalBytes)}${pull.secondsLeft === undefined ? '' : ` · ${formatMs(pull.secondsLeft * 1000)} left`}`}</span>
            <button type="button" className="btn small" onClick={() => void app.client.call('models.cancelPull', { id }).catch(report)}>
              <X /> Cancel
            </button>
          </p>
        </div>
      ) : card.state === 'absent' && id ? (
        <>
          {pull?.error ? <p className="error-box">{pull.error.message}</p> : null}
          <button
            type="button"
            className="btn primary small"
            data-testid={`pull-button-${id}`}
            onClick={() => void app.client.call('models.pull', { id }).catch(report)}
          >
            <Download /> {`Download ${formatBytes(card.sizeBytes)}`}
          </button>
        </>
      ) : null}
    </article>
  )
}
