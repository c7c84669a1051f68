import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from '../shell/toasts.tsx'
import { IconButton } from './button.tsx'

/** Copies a text. Browsers keep the clipboard from pages that came over plain HTTP from another machine. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    toast({
      text: 'This browser lets only pages of HTTPS or of this machine copy. Select the text and copy it by keyboard.',
      kind: 'failed',
    })
    return false
  }
}

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false)
  useEffect(() => {
    if (!isDone) return undefined
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [isDone])
  return (
    <IconButton label={isDone ? 'Copied' : label} onClick={() => void copyText(text).then(setDone)}>
      {isDone ? <Check /> : <Copy />}
    </IconButton>
  )
}
