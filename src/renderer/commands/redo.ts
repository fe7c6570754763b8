import { Redo2 } from 'lucide-react'
import { redoStep } from '../state/session'
import { defineCommand } from './command'
import { canEdit, sessionOf } from './helpers'

export default defineCommand({
  id: 'redo',
  title: 'Redo',
  group: 'Edit',
  icon: Redo2,
  keys: ['Mod+Shift+Z', 'Mod+Y'],
  isEnabled: (app) => canEdit(app) && sessionOf(app).document.getState().future.length > 0,
  run: (app) => void redoStep(sessionOf(app)),
})
