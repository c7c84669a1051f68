import { ArrowDownToLine, ArrowUpToLine, ChevronDown, ChevronUp, WrapText } from 'lucide-react'
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import { Button, IconButton } from '../../controls/button.tsx'
import { countText, sizeText } from '../../controls/display-text.ts'
import { TextField } from '../../controls/text-field.tsx'
import type { TextWindow } from '../text-window.ts'
import { type LineList, Lines } from './lines.tsx'
import styles from './text-pane.module.css'
import type { useTextReading } from './text-reading.ts'

interface TextPaneProps {
  readonly reading: ReturnType<typeof useTextReading> & { readonly window: TextWindow }
  readonly name: string
  /** Whether the file grows: then its end can be followed. */
  readonly isLive?: boolean
  /** Whether the end is what one wants to see first. */
  readonly fromEnd?: boolean
}

/** A stretch of a text with ways through the rest of it, and search in what is loaded. */
export function TextPane({ reading, name, isLive = false, fromEnd = false }: TextPaneProps) {
  const { window, go, isReading, error } = reading
  const { lines, firstLine } = window
  const list = useRef<LineList>(null)
  const [isWrapped, setWrapped] = useState(false)
  const [isFollowing, setFollowing] = useState(isLive)
  const [sought, setSought] = useState('')
  const [place, setPlace] = useState('')
  const [notice, setNotice] = useState('')
  const [match, setMatch] = useState(0)

  const matches = useMemo(() => {
    const words = sought.toLowerCase()
    if (words === '') return []
    return lines.flatMap((line, index) => (line.toLowerCase().includes(words) ? [index] : []))
  }, [lines, sought])
  const current = matches[Math.min(match, matches.length - 1)]

  useEffect(() => {
    if (fromEnd) list.current?.show(Number.MAX_SAFE_INTEGER, 'end')
  }, [fromEnd])
  useEffect(() => {
    if (isFollowing) list.current?.show(lines.length - 1, 'end')
  }, [isFollowing, lines])

  const toMatch = (next: number): void => {
    const wrapped = (next + matches.length) % Math.max(1, matches.length)
    setMatch(wrapped)
    const line = matches[wrapped]
    setFollowing(false)
    if (line !== undefined) list.current?.show(line, 'center')
  }
  const toStart = async (): Promise<void> => {
    setFollowing(false)
    if (window.start > 0) await go((reader, _, signal) => reader.head(signal))
    list.current?.show(0, 'start')
  }
  const toEnd = async (): Promise<void> => {
    const end = window.reachesEnd ? window : await go((reader, _, signal) => reader.tail(signal))
    if (end) list.current?.show(end.lines.length - 1, 'end')
  }
  const toPlace = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setNotice('')
    setFollowing(false)
    const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(place)?.[1]
    if (percent !== undefined) {
      const byte = (window.size * Math.min(100, Number(percent))) / 100
      if (await go((reader, _, signal) => reader.at(byte, signal))) list.current?.show(0, 'start')
      return
    }
    const number = Number(place)
    if (!Number.isInteger(number) || number < 1) {
      setNotice('Give a line, or a place as 50%.')
      return
    }
    const isLoaded = firstLine !== undefined && number >= firstLine && number < firstLine + lines.length
    const found = isLoaded ? window : await go((reader, _, signal) => reader.line(number, signal))
    if (found) list.current?.show(number - (found.firstLine ?? 1), 'center')
    else setNotice('That line is too far in. Give a place as 50%.')
  }
  const before = async (): Promise<void> => {
    const earlier = await go((reader, at, signal) => reader.before(at, signal))
    if (earlier) list.current?.keep(earlier.chunks[0] === window.chunks[0] ? 0 : countBefore(earlier, window))
  }

  return (
    <div className={styles['pane']}>
      <div className={styles['bar']}>
        <TextField
          label="Search in what is loaded"
          isBare
          placeholder="Search what is loaded"
          className={styles['search'] ?? ''}
          value={sought}
          onChange={(event) => {
            setSought(event.target.value)
            setMatch(0)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') toMatch(current === undefined || !event.shiftKey ? match + 1 : match - 1)
          }}
        />
        {sought !== '' && (
          <>
            <span className="quiet" role="status">
              {matches.length === 0
                ? 'Not found'
                : `${Math.min(match, matches.length - 1) + 1} of ${countText(matches.length, 'line')}`}
            </span>
            <IconButton label="Previous match" disabled={matches.length === 0} onClick={() => toMatch(match - 1)}>
              <ChevronUp />
            </IconButton>
            <IconButton label="Next match" disabled={matches.length === 0} onClick={() => toMatch(match + 1)}>
              <ChevronDown />
            </IconButton>
          </>
        )}
        <span className={styles['gap']} />
        {isLive && (
          <Button kind="quiet" aria-pressed={isFollowing} onClick={() => setFollowing(!isFollowing)}>
            Follow
          </Button>
        )}
        <form onSubmit={(event) => void toPlace(event)}>
          <TextField
            label="Go to a line or a place"
            isBare
            placeholder="Line or %"
            className={styles['place'] ?? ''}
            value={place}
            onChange={(event) => setPlace(event.target.value)}
          />
        </form>
        <IconButton label="To the start" onClick={() => void toStart()}>
          <ArrowUpToLine />
        </IconButton>
        <IconButton label="To the end" onClick={() => void toEnd()}>
          <ArrowDownToLine />
        </IconButton>
        <IconButton label="Wrap lines" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          <WrapText />
        </IconButton>
      </div>
      <Lines
        ref={list}
        lines={lines}
        firstLine={firstLine}
        isWrapped={isWrapped}
        marked={current}
        name={name}
        onTop={() => {
          if (window.start > 0 && !isReading) void before()
        }}
        onBottom={() => {
          if (!window.reachesEnd && !isReading) void go((reader, at, signal) => reader.after(at, signal))
        }}
        onScrollUp={() => setFollowing(false)}
      />
      <p className={styles['foot']} role={notice === '' && !error ? undefined : 'alert'}>
        {error ? `Not read further: ${error.message}` : notice || extentText(window)}
      </p>
    </div>
  )
}

function countBefore(earlier: TextWindow, { start }: TextWindow): number {
  return earlier.chunks.reduce((count, chunk) => count + (chunk.start < start ? chunk.lines.length : 0), 0)
}

function extentText({ start, end, size, reachesEnd, lines }: TextWindow): string {
  if (start === 0 && reachesEnd) return `${countText(lines.length, 'line')}, ${sizeText(size)}`
  const last = reachesEnd ? size : end
  const percent = (byte: number): number => Math.round((byte / Math.max(1, size)) * 100)
  return `${countText(lines.length, 'line')} loaded: ${percent(start)} to ${percent(last)} % of ${sizeText(size)}. Scroll for more.`
}
