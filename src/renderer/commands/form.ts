import { ClipboardList } from 'lucide-react'
import { forms, showForm } from '../form/form-state'
import { defineCommand } from './command'
import { hasGraph, sessionOf } from './helpers'

export default defineCommand({
  id: 'form',
  title: 'Show as a form, or as a canvas again',
  group: 'Graph',
  icon: ClipboardList,
  synonyms: ['app', 'colleague', 'fields', 'share', 'publish'],
  isEnabled: hasGraph,
  run: (app) => {
    const { id } = sessionOf(app)
    showForm(id, !forms.getState().shown.has(id))
  },
})
