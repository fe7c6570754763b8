import { useState } from 'react'

/** Long passages fold to some lines. */
export function Clamped({ text }: { text: string }) {
  const [open, setOpen] = useState(false)
  const long = text.length > 320
  return (
    <>
      <div className={long && !open ? 'value-text clamped' : 'value-text'}>{text}</div>
      {long ? (
        <button type="button" className="link nodrag" onClick={() => setOpen(!open)}>
          {open ? 'less' : 'more'}
        </button>
      ) : null}
    </>
  )
}
