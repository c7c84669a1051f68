import { setCallerName, useCallerName } from '../caller-name.ts'
import { TextField } from './text-field.tsx'

/** Asks who one is, for what is signed: comments, requests and approvals. */
export function CallerNameField() {
  const name = useCallerName()
  return (
    <TextField
      label="Your name"
      hint="Stands at your comments, requests and approvals. Kept in this browser; nobody checks it until sign-in is set up."
      defaultValue={name}
      maxLength={200}
      autoComplete="username"
      onBlur={(event) => setCallerName(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') setCallerName(event.currentTarget.value)
      }}
    />
  )
}
