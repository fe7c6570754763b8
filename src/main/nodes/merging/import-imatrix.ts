import type { StatisticsRef } from '../../../shared/value'
import { defineNode } from '../../node-runtime'
import { readImatrix } from '../../weights/statistics/imatrix'
import { encodeTable } from '../../weights/statistics/table'
import { requireChosen } from '../io/documents'
import { madeBy } from './made'

/** What llama.cpp measured of a model, as statistics for merge methods. */
export default defineNode(
  {
    type: 'import-imatrix',
    version: 1,
    title: 'Import importance matrix',
    family: 'merging',
    summary: 'Reads what llama.cpp’s imatrix tool measured, as statistics for merge methods.',
    help: 'Takes the GGUF form and the older `.dat` form. The file holds the energy of each column of each matrix, which is what *RegMean* needs with off-diagonals at 0 (exactly), and a stand-in for Fisher information (an approximation). An old file tells energies up to one factor; use files of one kind and chunk size for all models.',
    synonyms: ['imatrix', 'importance', 'llama.cpp', 'calibration', 'dat'],
    survey: '3',
    paper: 'Jin et al. 2022, arXiv:2212.09849',
    inputs: {},
    outputs: { statistics: { wire: 'statistics', summary: 'energies of each matrix' } },
    params: {
      source: { kind: 'resource', default: null, accepts: ['file'], title: 'File', summary: 'the importance matrix' },
      model: { kind: 'text', default: '', title: 'Of the model', summary: 'what the model is called; empty: the file’s name' },
    },
    effect: 'reads-world',
    resource: 'io',
    face: 'source',
  },
  async ({ params, context }) => {
    requireChosen(params.source, 'an importance matrix')
    const { name, bytes } = await context.resources.file(params.source)
    const { entries, chunks, tokens, isRelative } = readImatrix(bytes, name)
    if (isRelative)
      context.warn(`${name} is of the old form: its energies are known up to one factor, so all models need files of one kind.`)
    const approximation = 'As Fisher information the energy of a column stands for the squared slopes of its weights (activation Fisher).'
    const made = madeBy('import-imatrix', { params: { file: name }, approximation })
    const statistics: StatisticsRef = {
      blob: await context.blobs.put(encodeTable(entries, { made })),
      model: params.model.trim() || name,
      quantities: ['energy'],
      texts: chunks,
      tokens,
      approximation,
    }
    return { statistics }
  },
)
