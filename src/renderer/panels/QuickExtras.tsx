import { Command } from 'cmdk'
import { Boxes, LayoutTemplate } from 'lucide-react'
import { useMemo } from 'react'
import type { ModelCard, TemplateCard } from '../../shared/api'
import { createGraph } from '../state/app'
import { placeModel } from '../state/editing'
import { useApp, useCatalog } from '../state/hooks'
import type { Session } from '../state/session'
import { closeOverlay, type PaletteRequest } from '../state/view'
import { search } from './search'

/** as many of each as leave the nodes in sight */
const most = 4

/** What the palette offers besides nodes once something is typed: a model, as the node that uses it, and a template, as a graph of its own. */
export function useExtras(query: string): { readonly models: readonly ModelCard[]; readonly templates: readonly TemplateCard[] } {
  const models = useCatalog((catalog) => catalog.models)
  const templates = useCatalog((catalog) => catalog.templates)
  return useMemo(() => {
    if (query.trim() === '') return { models: [], templates: [] }
    const present = models.filter(({ state, goodFor }) => state === 'present' && goodFor.includes('text'))
    return {
      models: search(present, query, ({ name, architecture }) => ({ title: name, words: [architecture] })).slice(0, most),
      templates: search(templates, query, ({ title, systems, summary }) => ({ title, words: systems, summary })).slice(0, most),
    }
  }, [models, templates, query])
}

interface QuickExtrasProps {
  readonly session: Session
  readonly request: PaletteRequest
  readonly extras: ReturnType<typeof useExtras>
}

export function QuickExtras({ session, request, extras }: QuickExtrasProps) {
  const app = useApp()
  return (
    <>
      {extras.models.map((model) => (
        <Command.Item
          key={model.name}
          className="menu-item node-item"
          value={`model:${model.name}`}
          onSelect={() => {
            placeModel(app, session, model, request)
            closeOverlay(app.view)
            app.canvas?.focus()
          }}
        >
          <Boxes />
          <span className="two-lines">
            <span>{model.name}</span>
            <small>a language model that writes with it</small>
          </span>
        </Command.Item>
      ))}
      {extras.templates.map((template) => (
        <Command.Item
          key={template.id}
          className="menu-item node-item"
          value={`template:${template.id}`}
          onSelect={() => {
            closeOverlay(app.view)
            void createGraph(app, template.title, { id: template.id, real: false })
          }}
        >
          <LayoutTemplate />
          <span className="two-lines">
            <span>{template.title}</span>
            <small>template, opens as a graph of its own</small>
          </span>
        </Command.Item>
      ))}
    </>
  )
}
