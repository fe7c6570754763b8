import { Undo2 } from 'lucide-react'
import { undoStep } from '../state/session'
import { defineCommand } from './command'
import { canEdit, sessionOf } from './helpers'

export default defineCommand({
  id: 'undo',
  title: 'Undo',
  group: 'Edit',
  icon: Undo2,
  keys: ['Mod+Z'],
  isEnabled: (app) => canEdit(app) && sessionOf(app).document.getState().past.length > 0,
  run: (app) => void undoStep(sessionOf(app)),
})
