import { useState } from 'react'
import { Dialog } from '../../controls/dialog.tsx'
import { TextField } from '../../controls/text-field.tsx'

interface YRangeDialogProps {
  readonly name: string
  readonly range: readonly [number | null, number | null] | undefined
  readonly onClose: () => void
  readonly onRange: (range: readonly [number | null, number | null] | undefined) => void
}

/** From where to where a chart's y goes; what is left empty follows the values. */
export function YRangeDialog({ name, range, onClose, onRange }: YRangeDialogProps) {
  const [low, setLow] = useState(range?.[0]?.toString() ?? '')
  const [high, setHigh] = useState(range?.[1]?.toString() ?? '')
  const [from, to] = [bound(low), bound(high)]
  const error =
    Number.isNaN(from) || Number.isNaN(to)
      ? 'Numbers, or nothing.'
      : from !== null && to !== null && from >= to
        ? 'It must go upwards.'
        : undefined
  return (
    <Dialog
      title={`Range of y: ${name}`}
      onClose={onClose}
      action={{
        label: 'Set',
        disabled: error !== undefined,
        onAction: () => {
          onRange(from === null && to === null ? undefined : [from, to])
          onClose()
        },
      }}
    >
      <TextField label="From" value={low} inputMode="decimal" onChange={(event) => setLow(event.target.value)} />
      <TextField
        label="To"
        value={high}
        inputMode="decimal"
        error={error}
        onChange={(event) => setHigh(event.target.value)}
      />
    </Dialog>
  )
}

function bound(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}
