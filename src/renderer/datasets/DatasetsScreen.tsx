import { useStore } from 'zustand'
import { BatchScreen } from './BatchScreen'
import { BatchSetup } from './BatchSetup'
import { DatasetLists } from './DatasetLists'
import { DatasetScreen } from './DatasetScreen'
import { place } from './place'
import '../panels/screens.css'
import './datasets.css'

/** Data to ask many questions with, and what came of asking them. */
export function DatasetsScreen() {
  const here = useStore(place, (state) => state.place)
  return (
    <section className="screen datasets" aria-label="Datasets" data-testid="datasets-screen" data-place={here.at}>
      {here.at === 'lists' ? <DatasetLists /> : null}
      {here.at === 'dataset' ? <DatasetScreen key={here.source} source={here.source} /> : null}
      {here.at === 'setup' ? <BatchSetup key={`${here.source} ${here.graph}`} given={here} /> : null}
      {here.at === 'batch' ? <BatchScreen key={here.batch} batch={here.batch} /> : null}
    </section>
  )
}
