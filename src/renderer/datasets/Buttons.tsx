import { ArrowLeft, X } from 'lucide-react'
import { place } from './place'

export function BackToLists() {
  return (
    <button type="button" className="btn quiet" data-testid="to-datasets" onClick={() => place.setState({ place: { at: 'lists' } })}>
      <ArrowLeft /> Datasets
    </button>
  )
}

export function RemoveButton({ label, disabled, onClick }: { label: string; disabled?: boolean; onClick(): void }) {
  return (
    <button type="button" className="btn quiet icon small" aria-label={label} disabled={disabled} onClick={onClick}>
      <X />
    </button>
  )
}
