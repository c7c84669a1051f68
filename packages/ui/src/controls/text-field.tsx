import { type ComponentProps, type ReactNode, useId } from 'react'
import styles from './text-field.module.css'

interface FieldProps {
  readonly label: string
  /** What may be given. */
  readonly hint?: ReactNode
  /** What is wrong with what was given. */
  readonly error?: string | undefined
  /** Keeps the label for screen readers only, where the place says what it is. */
  readonly isBare?: boolean
}

export function TextField({
  label,
  hint,
  error,
  isBare = false,
  className = '',
  ...rest
}: FieldProps & ComponentProps<'input'>) {
  const id = useId()
  return (
    <div className={`${styles['field']} ${className}`}>
      <label htmlFor={id} className={isBare ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      <input
        id={id}
        type="text"
        spellCheck={false}
        autoComplete="off"
        dir="auto"
        {...rest}
        className={styles['input']}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={`${id}-hint`}
      />
      <Hint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  )
}

export function TextArea({ label, hint, error, isBare = false, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={isBare ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      <textarea id={id} rows={6} dir="auto" {...rest} className={styles['input']} aria-describedby={`${id}-hint`} />
      <Hint id={`${id}-hint`} hint={hint} error={error} />
    </div>
  )
}

interface Choice<T extends string> {
  readonly value: T
  readonly label: string
}

interface SelectFieldProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly choices: readonly Choice<T>[]
  readonly onChoose: (value: T) => void
  readonly isBare?: boolean
}

export function SelectField<T extends string>({
  label,
  value,
  choices,
  onChoose,
  isBare = false,
}: SelectFieldProps<T>) {
  const id = useId()
  return (
    <div className={styles['field']}>
      <label htmlFor={id} className={isBare ? 'visually-hidden' : styles['label']}>
        {label}
      </label>
      <select
        id={id}
        className={styles['select']}
        value={value}
        title={isBare ? label : undefined}
        onChange={(event) => {
          const chosen = choices.find((choice) => choice.value === event.target.value)
          if (chosen) onChoose(chosen.value)
        }}
      >
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </div>
  )
}

function Hint({ id, hint, error }: { id: string; hint: ReactNode; error: string | undefined }) {
  return (
    <div id={id} className={styles['hint']} data-error={error !== undefined}>
      {error ?? hint}
    </div>
  )
}
