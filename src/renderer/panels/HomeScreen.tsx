import { Copy, FileBox, LayoutTemplate, MessageCircleQuestion, MoreHorizontal, Plus, Terminal, Trash2 } from 'lucide-react'
import { type DragEvent, useState } from 'react'
import type { GraphCard, TemplateCard } from '../../shared/api'
import { dropFiles } from '../canvas/drops'
import { chooseFile } from '../parts/files'
import { formatAgo, plural } from '../parts/format'
import { DropMenu } from '../parts/parts'
import { adopt, createGraph, deleteGraph, openGraph } from '../state/app'
import { useApp, useCatalog } from '../state/hooks'
import { startRun } from '../state/running'
import { setInput, shownIn } from '../state/session'
import { toast, toastError } from '../state/view'
import mark from '../theme/mark.svg'
import { TemplateTile } from './TemplateTile'
import './screens.css'

/** Never a blank grid: ask a question, take a template, drop a model, or copy a command. Below, what was made before. */
export function HomeScreen() {
  const app = useApp()
  const graphs = useCatalog((catalog) => catalog.graphs)
  const templates = useCatalog((catalog) => catalog.templates)
  const ready = useCatalog((catalog) => catalog.ready)
  const [over, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void dropFiles(app, undefined, { files: [...event.dataTransfer.files], text: '', at: { x: 0, y: 0 } })
  }
  return (
    <section
      aria-label="Graphs"
      className={over ? 'screen home is-over' : 'screen home'}
      data-testid="home"
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <header className="hero">
        <img src={mark} alt="" width={44} height={44} />
        <h1>Wire language models together</h1>
        <p>Merge their weights, mix their next tokens, or let them work on a text together. Everything runs on this machine.</p>
      </header>
      <div className="doors">
        <AskDoor templates={templates} />
        <button type="button" className="door" data-testid="door-template" onClick={() => app.view.setState({ screen: 'templates' })}>
          <LayoutTemplate />
          <b>Start from a template</b>
          <span>{ready ? `${plural(templates.length, 'pipeline')} that run at once, on built-in toy models.` : '…'}</span>
        </button>
        <button type="button" className="door" data-testid="door-model" onClick={() => void takeModel(app)}>
          <FileBox />
          <b>Drop a GGUF here</b>
          <span>Or click to choose a model file. It stays on this machine.</span>
        </button>
        <CommandDoor />
      </div>
      <section className="home-section">
        <div className="home-head">
          <h2>Your graphs</h2>
          {graphs.length === 0 ? <p className="faint">{ready ? 'None yet. The doors above make the first one.' : 'Reading…'}</p> : null}
          <button type="button" className="btn" data-testid="home-new" onClick={() => void createGraph(app, '')}>
            <Plus /> Empty graph
          </button>
        </div>
        <div className="graph-grid">
          {graphs.map((card) => (
            <GraphTile key={card.id} card={card} />
          ))}
        </div>
      </section>
      {templates.length > 0 ? (
        <section className="home-section">
          <div className="home-head">
            <h2>Templates</h2>
            <button type="button" className="link" onClick={() => app.view.setState({ screen: 'templates' })}>
              All templates
            </button>
          </div>
          <div className="template-grid is-few">
            {templates.slice(0, shownTemplates).map((template) => (
              <TemplateTile key={template.id} template={template} brief />
            ))}
          </div>
        </section>
      ) : null}
    </section>
  )
}

/** One of each kind of wire, and one that uses several: the first of the gallery. */
const shownTemplates = 4

/** What the toys know, asked by who has no question yet. */
const example = 'where is the blue cup?'

/** A question makes a graph, fills it in, and runs it on the spot. */
function AskDoor({ templates }: { templates: readonly TemplateCard[] }) {
  const app = useApp()
  const [question, setQuestion] = useState('')
  const template = templates.find((candidate) => /rank|fuse|two-models/.test(candidate.id)) ?? templates[0]
  const ask = async () => {
    if (!template) return
    const asked = question.trim() === '' ? example : question
    const session = await createGraph(app, asked.slice(0, 80), { id: template.id, real: false })
    if (!session) return
    const [first] = Object.keys(shownIn(session).interface.inputs)
    if (first) setInput(session, first, asked)
    await startRun(app, session)
  }
  return (
    <form
      className="door ask"
      onSubmit={(event) => {
        event.preventDefault()
        void ask()
      }}
    >
      <MessageCircleQuestion />
      <b>Ask two models</b>
      <span>Type a question, press Enter: both answer, a judge ranks, a writer fuses. The toys know a tiny world.</span>
      <input
        className="field"
        aria-label="Your question"
        placeholder={example}
        data-testid="ask"
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
    </form>
  )
}

const terminalCommand = 'npx tributary run FILE.trib.json --input question="…"'

function CommandDoor() {
  const app = useApp()
  const copy = () =>
    navigator.clipboard.writeText(terminalCommand).then(
      () => toast(app.view, 'good', 'Copied.'),
      (error) => toastError(app.view, error),
    )
  return (
    <button type="button" className="door" data-testid="door-terminal" onClick={copy}>
      <Terminal />
      <b>Run it without a window</b>
      <span>The file that you export here is the file that runs there.</span>
      <code>
        {terminalCommand.replace(' --', '\n  --')} <Copy aria-label="copy" />
      </code>
    </button>
  )
}

async function takeModel(app: ReturnType<typeof useApp>): Promise<void> {
  try {
    if (!app.house.upload) {
      if (await app.client.call('models.pick')) app.view.setState({ screen: 'models' })
      return
    }
    const file = await chooseFile('.gguf,.safetensors')
    if (!file) return
    toast(app.view, 'info', `Taking in ${file.name}…`)
    await app.house.upload(file, 'model')
    app.catalog.setState({ models: await app.client.call('models.list') })
    app.view.setState({ screen: 'models' })
  } catch (error) {
    toastError(app.view, error)
  }
}

function GraphTile({ card }: { card: GraphCard }) {
  const app = useApp()
  const duplicate = async () => {
    try {
      await adopt(app, await app.client.call('graphs.duplicate', { id: card.id }))
    } catch (error) {
      toastError(app.view, error)
    }
  }
  return (
    <div className="graph-tile" data-testid={`graph-${card.id}`}>
      <button type="button" className="graph-open" onClick={() => void openGraph(app, card.id)}>
        <b>{card.name || 'Untitled'}</b>
        <span className="faint">{`${plural(card.nodes, 'node')} · ${formatAgo(card.updatedAt, Date.now())}`}</span>
        {card.lastRun ? (
          <span
            className={`chip ${card.lastRun.status === 'done' ? 'good' : card.lastRun.status === 'failed' ? 'bad' : ''}`}
          >{`last run ${card.lastRun.status}`}</span>
        ) : null}
      </button>
      <DropMenu
        label={card.name}
        trigger={
          <button type="button" className="btn quiet icon small" aria-label={`More about ${card.name || 'Untitled'}`}>
            <MoreHorizontal />
          </button>
        }
        entries={[
          { id: 'duplicate', label: 'Duplicate', icon: <Copy />, onSelect: () => void duplicate() },
          { id: 'delete', label: 'Delete', icon: <Trash2 />, danger: true, separated: true, onSelect: () => void deleteGraph(app, card) },
        ]}
      />
    </div>
  )
}
