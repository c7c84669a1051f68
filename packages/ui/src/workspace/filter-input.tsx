import { type KeyboardEvent, type Ref, useId, useState } from 'react'
import { flushSync } from 'react-dom'
import { type Completion, completionsAt } from './filter-completion.ts'
import styles from './filter-bar.module.css'
import { type RunScope } from './workspace.ts'
import { useCompletionFacets } from './completion-facets.ts'

interface FilterInputProps {
  readonly ref: Ref<HTMLInputElement>
  readonly value: string
  readonly scope: RunScope
  /** The element that says what is wrong with the filter. */
  readonly errorId: string | undefined
  readonly onType: (text: string) => void
  readonly onApply: (text: string) => void
}

/** The filter's text, completed with the fields and values that the runs have. Enter applies it. */
export function FilterInput({ ref, value, scope, errorId, onType, onApply }: FilterInputProps) {
  const list = useId()
  const [caret, setCaret] = useState<number>()
  const [active, setActive] = useState(-1)
  const [isOpen, setOpen] = useState(false)
  const facets = useCompletionFacets(scope, value, caret, isOpen)
  const { from, to, options } = completionsAt(value, caret ?? value.length, facets)
  const isShown = isOpen && options.length > 0

  const accept = (input: HTMLInputElement, option: Completion): void => {
    const next = value.slice(0, from) + option.insert + value.slice(to)
    const at = from + option.insert.length
    // At once: who types on must not find the caret elsewhere a frame later.
    flushSync(() => {
      onType(next)
      setActive(-1)
      setCaret(at)
    })
    input.setSelectionRange(at, at)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const { key, currentTarget } = event
    const chosen = options[active]
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      event.preventDefault()
      if (!isShown) return setOpen(true)
      const step = key === 'ArrowDown' ? 1 : -1
      setActive((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length)
    } else if ((key === 'Enter' || key === 'Tab') && isShown && chosen) {
      event.preventDefault()
      accept(currentTarget, chosen)
    } else if (key === 'Enter') {
      setOpen(false)
      onApply(value)
    } else if (key === 'Escape') {
      event.stopPropagation()
      if (isShown) setOpen(false)
      else currentTarget.blur()
    }
  }
  return (
    <>
      <input
        ref={ref}
        className={styles['input']}
        type="text"
        role="combobox"
        aria-label="Filter"
        aria-expanded={isShown}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={isShown && active >= 0 ? `${list}-${active}` : undefined}
        aria-invalid={errorId !== undefined}
        aria-describedby={errorId}
        aria-keyshortcuts="/"
        placeholder="metrics.loss < 0.3 AND params.model IN ('a', 'b')"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={value}
        onChange={({ target }) => {
          onType(target.value)
          setCaret(target.selectionStart ?? target.value.length)
          setActive(-1)
          setOpen(true)
        }}
        onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? undefined)}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          onApply(value)
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={list} role="listbox" aria-label="Completions" className={styles['list']} hidden={!isShown}>
        {isShown &&
          options.map((option, index) => (
            <li
              key={option.insert}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              ref={(item) => {
                if (index === active) item?.scrollIntoView({ block: 'nearest' })
              }}
              onPointerDown={(event) => {
                event.preventDefault()
                const input = event.currentTarget.parentElement?.previousElementSibling
                if (input instanceof HTMLInputElement) accept(input, option)
              }}
            >
              <bdi className="cut">{option.text.slice(0, 160)}</bdi>
              <span>{option.hint}</span>
            </li>
          ))}
      </ul>
    </>
  )
}
